/**
 * What the API server refuses: by the published schema of the object, and although that allows it. Sources of the rules: pkg/apis validation of Kubernetes
 * (autoscaling, apps, core, batch, policy, discovery) and the admission checks of KEDA.
 */
import { validateAutoscaler, validateScaledObject } from "./validate-autoscaler.ts";
import { validateCronJob, validateDisruptionBudget, validateRoleBinding, validateEndpointSlice, validateService } from "./validate-objects.ts";
import { validateWorkload } from "./validate-pods.ts";
import { validateRoute } from "./validate-routes.ts";
import { validateSchema } from "./validate-schema.ts";
import { check, oneOf, root, textAt, validateLabels } from "./validate-values.ts";
import type { Findings, Place, Refusal } from "./validate-values.ts";
import { isLabelKey, isLabelName, isObjectName } from "./names.ts";
import { isObject } from "./object.ts";
import type { Json } from "./object.ts";

export type { Refusal } from "./validate-values.ts";

/** Empty where Kubernetes would take the manifest, by its schema and by the rules; each refusal names its place as a JSON pointer. */
export function validateManifest(manifest: Json): readonly Refusal[] {
  const bySchema = validateSchema(manifest);
  const known = new Set(bySchema.map(({ path }) => path));
  return [...bySchema, ...validateRules(manifest).filter(({ path }) => !known.has(path))];
}

/** The rules alone. */
export function validateRules(manifest: Json): readonly Refusal[] {
  const found: Refusal[] = [];
  const object = root(manifest);
  validateMetadata(found, object);
  const kind = textAt(object, "kind");
  const rules = kind === undefined ? undefined : kinds[kind];
  if (rules !== undefined) {
    oneOf(found, object.at("apiVersion"), rules.apiVersions);
    rules.validate(found, object);
  }
  return found;
}

interface Kind {
  readonly apiVersions: readonly string[];
  readonly validate: (found: Findings, object: Place) => void;
}

const kinds: Readonly<Record<string, Kind>> = {
  HorizontalPodAutoscaler: { apiVersions: ["autoscaling/v2"], validate: validateAutoscaler },
  ScaledObject: { apiVersions: ["keda.sh/v1alpha1"], validate: validateScaledObject },
  Deployment: { apiVersions: ["apps/v1"], validate: validateWorkload },
  StatefulSet: { apiVersions: ["apps/v1"], validate: validateWorkload },
  Service: { apiVersions: ["v1"], validate: validateService },
  PodDisruptionBudget: { apiVersions: ["policy/v1"], validate: validateDisruptionBudget },
  CronJob: { apiVersions: ["batch/v1"], validate: validateCronJob },
  EndpointSlice: { apiVersions: ["discovery.k8s.io/v1"], validate: validateEndpointSlice },
  RoleBinding: { apiVersions: ["rbac.authorization.k8s.io/v1"], validate: validateRoleBinding },
  HTTPRoute: { apiVersions: ["gateway.networking.k8s.io/v1"], validate: validateRoute },
  GRPCRoute: { apiVersions: ["gateway.networking.k8s.io/v1"], validate: validateRoute },
};

function validateMetadata(found: Findings, object: Place): void {
  const name = textAt(object, "metadata", "name");
  check(found, object.at("metadata", "name"), name !== undefined && isObjectName(name), "must be a DNS name in lower case");
  const namespace = textAt(object, "metadata", "namespace");
  if (namespace !== undefined) check(found, object.at("metadata", "namespace"), isLabelName(namespace), "must be a DNS label");
  validateLabels(found, object.at("metadata", "labels"));
  const annotations = object.at("metadata", "annotations");
  if (!isObject(annotations.value)) return;
  for (const key of Object.keys(annotations.value)) {
    check(found, annotations.at(key), isLabelKey(key.toLowerCase()), "must have a qualified name as its key");
    check(found, annotations.at(key), typeof annotations.value[key] === "string", "must be a string");
  }
}
