/** No text of a policy changes the structure of an output, in whichever place it stands: it is carried as it is, or refused where it was written. */
import assert from "node:assert/strict";
import { analyze, compile } from "../../../language/src/index.ts";
import { shapeOf } from "../../helpers/configuration-shape.ts";
import { drawnTexts, hostileTokens, thoughtUp } from "../../helpers/hostile-texts.ts";
import { stringText } from "../../helpers/policy-text.ts";

/** Every place of a text that a balancer's file could carry, with one that is fine there. */
const places: Readonly<Record<string, string>> = {
  requestValue: "v", responseValue: "v", addedValue: "v", requestName: "X-Name", responseName: "X-Other", removedName: "X-Gone", exactPath: "/exact", prefixPath: "/prefix", expression: "^/r/", routeHeader: "X-Route", routeValue: "v",
  host: "shop.example.com", except: "/well-known", certificate: "/etc/tls/site.crt", key: "/etc/tls/site.key", limitHeader: "X-Limit", connectionHeader: "X-Connection", network: "10.0.0.0/8",
  cookie: "STICKY", hashHeader: "X-Hash", hashCookie: "sid", hashQuery: "q", healthPath: "/healthz", healthHost: "health.internal", ca: "/etc/ssl/ca.crt", tlsName: "api.internal", clientCertificate: "/etc/tls/c.crt", clientKey: "/etc/tls/c.key",
  geo: "10.1.0.0/16", resolver: "10.96.0.10", version: "1.22", namespace: "web", image: "registry.example.com/x:1", env: "v", label: "v", documentation: "words",
};

function policyWith(values: Readonly<Record<string, string>>, documentation: string): string {
  const s = (name: string): string => stringText(values[name] ?? "");
  return `/// ${documentation}
backend plain { balance sticky server a 10.0.0.1:80 server b 10.0.0.2:80 health http ${s("healthPath")} host ${s("healthHost")} }
strategy sticky { affinity cookie ${s("cookie")} ttl 1h }
backend by_header { balance hh server a 10.0.0.1:80 } strategy hh { algorithm hash header ${s("hashHeader")} }
backend by_cookie { balance hc server a 10.0.0.1:80 } strategy hc { algorithm hash cookie ${s("hashCookie")} consistent }
backend by_query { balance hq server a 10.0.0.1:80 } strategy hq { algorithm hash query ${s("hashQuery")} }
backend by_network { balance hn server a 10.0.0.1:80 server b 10.0.0.2:80 } strategy hn { algorithm geo { ${s("geo")} to a
  default to b } }
backend secure { server a 10.0.0.1:443 protocol https tls ca ${s("ca")} name ${s("tlsName")} certificate ${s("clientCertificate")} key ${s("clientKey")} }
backend pool { workload { image ${s("image")} port 8000 namespace ${s("namespace")} env A ${s("env")} label "k" ${s("label")} } }
service front {
  listen 80
  listen 443 tls certificate ${s("certificate")} key ${s("key")}
  host ${s("host")}
  redirect https except ${s("except")}
  limit 5/s burst 5 nodelay by header ${s("limitHeader")}
  limit connections 5 by header ${s("connectionHeader")}
  trust_proxy ${s("network")}
  header request set ${s("requestName")} ${s("requestValue")}
  header response set ${s("responseName")} ${s("responseValue")}
  header request add "X-Added" ${s("addedValue")}
  header response set "X-Always" "$"
  header response remove ${s("removedName")}
  route ${s("exactPath")} exact to plain
  route ${s("prefixPath")} to by_header
  route ${s("expression")} regex to by_cookie
  route "/conditional" header ${s("routeHeader")} ${s("routeValue")} to by_query
  route "/network" to by_network
  route "/secure" to secure
  route "/pool" to pool
  route "/" to plain
}
target nginx { version ${s("version")} resolver ${s("resolver")} }
target haproxy { version "2.6" resolver ${s("resolver")} }
`;
}

const analysed = (text: string) => analyze({ file: "policy.lbpolicy", text }, { targets: ["nginx", "haproxy"] });

/** Texts that a place asks for in a form of its own, so that not all are refused at their first letter. */
function fitted(place: string, text: string): readonly string[] {
  // of a prefix that ends in a slash nginx is told about the path without it too
  if (place === "prefixPath") return [`/${text}`.replace(/\/+$/, "")];
  if (/path|except|certificate|key|^ca$/i.test(place)) return [`/${text}`, text];
  if (place === "documentation") return [text.replaceAll(/[\r\n]/g, " ")];
  return [text];
}

describe("the structure of an output", () => {
  const benign = analysed(policyWith(places, "words"));
  const texts = [...thoughtUp, ...hostileTokens, ...drawnTexts(40, 9)];
  const counts = { carried: 0, refused: 0 };

  it("is there for texts that are fine", () => {
    assert.deepEqual(benign.diagnostics.filter((diagnostic) => diagnostic.severity === "error"), []);
    for (const program of ["nginx", "haproxy"] as const) assert.ok(shapeOf(program, compile(benign, program).text).length > 80);
  });

  const shapes = { nginx: shapeOf("nginx", compile(benign, "nginx").text), haproxy: shapeOf("haproxy", compile(benign, "haproxy").text) };
  for (const place of Object.keys(places)) {
    it(`does not depend on ${place}`, () => {
      for (const text of texts.flatMap((one) => fitted(place, one))) {
        const source = policyWith({ ...places, ...(place === "documentation" ? {} : { [place]: text }) }, place === "documentation" ? text : "words");
        const analysis = analysed(source);
        const errors = analysis.diagnostics.filter((diagnostic) => diagnostic.severity === "error");
        if (errors.length > 0) {
          assert.ok(errors.every((error) => error.range.end > error.range.start && error.range.end <= source.length), text);
          for (const program of ["nginx", "haproxy"] as const) assert.equal(errors.every((error) => error.code.startsWith("LBP5")) || compile(analysis, program).text === "", true, text);
          counts.refused++;
          continue;
        }
        counts.carried++;
        for (const program of ["nginx", "haproxy"] as const) assert.deepEqual(withoutSizes(shapeOf(program, compile(analysis, program).text), place), withoutSizes(shapes[program], place), `${place}: ${text}`);
      }
    });
  }

  it("was looked at for more than a thousand texts that were carried, and for some that were refused", () => {
    assert.ok(counts.carried > 1000 && counts.refused > 500, JSON.stringify(counts));
  });
});

/** What follows from the length of a text, or from what it names, and not from what is in it. */
function withoutSizes(shape: readonly string[], place: string): readonly string[] {
  const kept = shape.filter((line) => !/hash_(?:bucket|max)_size|underscores_in_headers|^\s*entry\/1\/$|^\s*default\/1/.test(line));
  // longer prefixes come first
  if (place === "prefixPath") return [...kept].sort();
  if (!/Header|Cookie|Query|cookie|Name$/.test(place)) return kept;
  // the variable or sample that looks a name up holds the name, and one that nginx has no variable for takes a map
  return kept.map((line) => line.replace(/\/[^/]*$/, "")).filter((line) => !/^\s*(?:map|entry|\})/.test(line));
}
