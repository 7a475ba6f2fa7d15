/** A policy as haproxy.cfg. */
import { backendLeftOut, udpUnsupported, versionBeforeKnown } from "../../diagnostics/targets-balancers.ts";
import type { Backend, Policy } from "../../model/policy.ts";
import { isElastic } from "../../model/policy.ts";
import type { HaproxyTarget } from "../../model/target.ts";
import { defaultHaproxy, isAtLeast } from "../../model/target.ts";
import { checkServices } from "../emit/check-services.ts";
import { checkTexts } from "../emit/check-texts.ts";
import { checkValues } from "../emit/check-values.ts";
import { headOutput, wholeOrigin } from "../emit/head.ts";
import { joinLines } from "../emit/lines.ts";
import { createNames } from "../emit/names.ts";
import type { Parity } from "../emit/parity.ts";
import { createParity } from "../emit/parity.ts";
import type { CompileOptions } from "../emit/place.ts";
import { allBackends, layerOf, layerOfBackend, reachedBackends } from "../emit/services.ts";
import { strongCiphers } from "../emit/ciphers.ts";
import type { CompileResult } from "../result.ts";
import type { PlannedSection } from "./backend.ts";
import { plannedBackends } from "./backend.ts";
import type { HaproxyContext } from "./context.ts";
import { resolversSection } from "./elastic.ts";
import { metricsFrontends, plannedFrontends } from "./frontend.ts";
import type { Section } from "./sections.ts";
import { line, printSections } from "./sections.ts";
import { commonSettings } from "./settings.ts";
import { word, words } from "./words.ts";

/** Deterministic and total: what cannot be compiled is an error among the diagnostics, and the text is then empty. */
export function compileHaproxy(policy: Policy, options: CompileOptions = {}): CompileResult {
  const parity = createParity("haproxy");
  const target = policy.targets.find((candidate): candidate is HaproxyTarget => candidate.kind === "haproxy") ?? defaultHaproxy;
  checkTexts(policy, parity);
  checkValues(policy, parity, `HAProxy ${target.version}`);
  checkServices(policy, parity);
  if (target.origin !== undefined && !isAtLeast(target.version, "2.6")) parity.differs(versionBeforeKnown, target.origin, { program: `HAProxy ${target.version}`, least: "2.6" }, "target haproxy: version", "information");
  const sections = parity.isRefused() ? [] : configuration(policy, target, parity, options);
  const result = { target: "haproxy", notes: parity.notes, diagnostics: parity.diagnostics } as const;
  if (parity.isRefused()) return { ...result, text: "", lineOrigins: [], files: [] };
  const head = headOutput(policy, parity.notes).map(({ text, origin }) => ({ text: `# ${text}`.trimEnd(), origin }));
  return { ...result, ...joinLines([...head, ...printSections(sections)], "haproxy.cfg", wholeOrigin(policy, target)) };
}

function configuration(policy: Policy, target: HaproxyTarget, parity: Parity, options: CompileOptions): readonly Section[] {
  const context: HaproxyContext = {
    policy, target, parity, options, program: `HAProxy ${target.version}`,
    sectionNames: createNames([]), shared: new Map(),
  };
  const emit = policy.services.length === 0 ? "backends" : target.emit;
  for (const service of policy.services) if (layerOf(service) === "udp") parity.refuse(udpUnsupported, service.origin, { program: context.program });
  const frontends = emit === "all" ? [...plannedFrontends(context, policy.services), ...metricsFrontends(context, policy.services)] : [];
  const backends = keptBackends(context, emit).flatMap((backend) => plannedBackends(context, backend));
  const inherited = emit === "all" ? [...sharedByAll([...frontends, ...backends]), ...sharedByAll(frontends), ...sharedByAll(backends)] : [];
  const unique = inherited.filter((setting, i) => inherited.findIndex((other) => other.words.join(" ") === setting.words.join(" ")) === i);
  const resolvers = allBackends(policy).some(isElastic) ? resolversSection(context) : undefined;
  const planned = [...frontends, ...backends].map((section) => section.section(unique));
  const own = planned.slice(0, frontends.length);
  const inheritsHttp = unique.some((setting) => setting.words.join(" ") === "mode http") ? "inherited" : "own";
  return [
    ...(emit === "all" ? [globalSection(policy)] : []),
    ...(unique.length > 0 ? [{ title: words("defaults"), comment: undefined, lines: unique.map((setting) => line(setting.words, setting.origin)), origin: undefined }] : []),
    ...(resolvers === undefined ? [] : [resolvers]),
    ...own,
    ...[...context.shared.values()].map((section) => withMode(section, inheritsHttp)),
    ...planned.slice(frontends.length),
  ];
}

/** A backend of the compiler's own takes rules of http: it says its mode where `defaults` does not. */
function withMode(section: Section, mode: "inherited" | "own"): Section {
  if (mode === "inherited" || section.title[0] !== "backend") return section;
  return { ...section, lines: [line(words("mode http"), section.origin), ...section.lines] };
}

function sharedByAll(sections: readonly PlannedSection[]): ReturnType<typeof commonSettings> {
  return commonSettings(sections.map((section) => section.settings));
}

/** All backends; in a whole configuration a pool that no service reaches is left out, and so is udp that none reaches. */
function keptBackends(context: HaproxyContext, emit: HaproxyTarget["emit"]): readonly Backend[] {
  const reached = reachedBackends(context.policy);
  return allBackends(context.policy).filter((backend) => {
    if (reached.has(backend.name) || (layerOfBackend(backend) !== "udp" && (emit === "backends" || !isElastic(backend)))) return true;
    context.parity.differs(backendLeftOut, backend.origin, { program: context.program, name: backend.name }, `backend ${backend.name}`, "dropped");
    return false;
  });
}

function globalSection(policy: Policy): Section {
  const secure = policy.services.some((service) => service.listeners.some((listener) => listener.tls !== undefined));
  const proves = policy.backends.some((backend) => backend.tls?.certificate !== undefined);
  return {
    title: words("global"),
    comment: undefined,
    lines: [
      line(words("maxconn 4096")),
      ...(secure || proves ? [line(words("ssl-load-extra-del-ext"))] : []),
      ...(secure ? [
        line(words("ssl-default-bind-options ssl-min-ver TLSv1.2 no-tls-tickets")),
        line([word("ssl-default-bind-ciphers"), word(strongCiphers)]),
        line(words("tune.ssl.default-dh-param 2048")),
      ] : []),
    ],
    origin: undefined,
  };
}
