/** Rules for HTTPRoute and GRPCRoute. */
import { isObjectName, isServiceName } from "./names.ts";
import { check, itemsOf, textAt, whole } from "./validate-values.ts";
import type { Findings, Place } from "./validate-values.ts";

export function validateRoute(found: Findings, object: Place): void {
  const spec = object.at("spec");
  for (const host of itemsOf(spec.at("hostnames"))) {
    const name = typeof host.value === "string" ? host.value : "";
    check(found, host, isObjectName(name.replace(/^\*\./, "")) && !/^[\d.]+$/.test(name), "must be a host name");
  }
  const rules = itemsOf(spec.at("rules"));
  check(found, spec.at("rules"), rules.length <= 16, "must hold at most 16 rules");
  for (const rule of rules) validateRule(found, rule);
}

function validateRule(found: Findings, rule: Place): void {
  const matches = itemsOf(rule.at("matches"));
  for (const match of matches) {
    const path = match.at("path");
    const value = textAt(path, "value") ?? "/";
    const isText = path.at("type").value !== "RegularExpression";
    check(found, path.at("value"), !isText || (value.startsWith("/") && !/\/\/|\/\.\.?(\/|$)|%2f|#/i.test(value)), "must be an absolute path without '//', '.', '..' or '#'");
  }
  const references = itemsOf(rule.at("backendRefs"));
  const isRedirect = itemsOf(rule.at("filters")).some((filter) => filter.at("type").value === "RequestRedirect");
  check(found, rule.at("backendRefs"), !(isRedirect && references.length > 0), "must be empty beside a redirect");
  for (const reference of references) {
    check(found, reference.at("name"), isServiceName(textAt(reference, "name") ?? ""), "must be the name of a Service");
    whole(found, reference.at("port"), 1, 65_535);
    whole(found, reference.at("weight"), 0, 1_000_000);
    check(found, reference.at("port"), reference.at("port").value !== undefined, "is required for a Service");
  }
}
