// Writes docs/targets.md: what one policy becomes on each target, and what a target cannot say. `node scripts/targets-page.mjs` writes;
// test/unit/compile/targets-page.test.ts compares. Needs a compiled tree (tsc -b).
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const { analyze, compile, linesOfPolicyRange, policyRangeOfLine, registry } = await import(new URL("../out/language/src/index.js", import.meta.url).href);

/**
 * @typedef {{ readonly construct: string, readonly fidelity: string, readonly difference: string, readonly origin: { readonly range: { readonly start: number, readonly end: number } } }} Note
 * @typedef {{ readonly code: string, readonly name: string, readonly severity: string }} Kind
 */

const targets = /** @type {const} */ (["nginx", "haproxy", "kubernetes"]);
const titles = { nginx: "nginx 1.22", haproxy: "HAProxy 2.6", kubernetes: "Kubernetes" };

const example = `backend shop {
  balance fair
  server a 10.0.0.11:5000 weight 2 max_connections 100
  server b 10.0.0.12:5000 max_connections 100
  server c 10.0.0.13:5000 max_connections 100 backup
  server d 10.0.0.14:5000 max_connections 100 drain
  server e 10.0.0.15:5000 down
  health http "/healthz" every 5s timeout 1s rise 2 fall 3
  health passive fall 3 for 10s
  timeout connect 1s read 30s
  keepalive 64
  max_queue 20
}
strategy fair {
  algorithm least_connections
  affinity cookie "SHOPSRV" ttl 1h
  retry 2 on error, timeout, 502, 503
  slow_start 30s
}
backend api {
  balance by_user
  server a 10.0.1.11:8443
  server b 10.0.1.12:8443
  protocol https
  tls name "api.internal" ca "/etc/tls/internal.pem"
  stream on
}
strategy by_user { algorithm hash header "X-User" consistent }
backend canary { server a 10.0.2.11:5000 }
service front {
  listen 80
  listen 443 tls certificate "/etc/tls/shop.crt" key "/etc/tls/shop.key" http2
  host "shop.example.com"
  redirect https except "/.well-known/"
  limit 50/s burst 100 nodelay by client_ip
  limit connections 20 by header "Authorization"
  compress gzip
  header request set "X-Env" "live"
  header response set "Strict-Transport-Security" "max-age=31536000"
  body_limit 10MB
  trust_proxy "10.0.0.0/8"
  metrics 9113
  route "/static/" to shop cache 10m
  route "/api" method POST header "X-Tier" "gold" to api
  route "\\\\.(png|jpg)$" regex to shop
  route "/status" exact to shop
  route "/beta" to shop 90%, canary 10%
  route "/" to shop
}
target nginx { version "1.22" }
target haproxy { version "2.6" }
target kubernetes { version "1.33" }
`;

/** The constructs of the example, each by the words with which it begins. */
const constructs = [
  "server a 10.0.0.11:5000 weight 2 max_connections 100", "server c 10.0.0.13:5000 max_connections 100 backup", "server d 10.0.0.14:5000 max_connections 100 drain", "server e 10.0.0.15:5000 down",
  'health http "/healthz" every 5s timeout 1s rise 2 fall 3', "health passive fall 3 for 10s", "timeout connect 1s read 30s", 'affinity cookie "SHOPSRV" ttl 1h', "retry 2 on error, timeout, 502, 503",
  'strategy by_user { algorithm hash header "X-User" consistent }', 'tls name "api.internal" ca "/etc/tls/internal.pem"', "backend canary { server a 10.0.2.11:5000 }",
  "listen 80\n", 'listen 443 tls certificate "/etc/tls/shop.crt" key "/etc/tls/shop.key" http2', 'redirect https except "/.well-known/"', "limit 50/s burst 100 nodelay by client_ip",
  'limit connections 20 by header "Authorization"', 'header request set "X-Env" "live"', 'header response set "Strict-Transport-Security" "max-age=31536000"',
  'route "/static/" to shop cache 10m', 'route "/api" method POST header "X-Tier" "gold" to api', 'route "\\\\.(png|jpg)$" regex to shop', 'route "/status" exact to shop', 'route "/beta" to shop 90%, canary 10%',
];

/** What nginx's versions change: the differences that a policy of all that is new still has. */
const recent = `backend web { balance sticky server a 10.0.0.1:80 server b 10.0.0.2:80 drain }
strategy sticky { affinity cookie "SRV" ttl 1h }
backend fast { balance least_response_time server a 10.0.0.3:80 server b 10.0.0.4:80 }
backend pool { workload { image "x:1" port 8000 } scale 1..4 }
service s { listen 80 http2 route "/fast" to fast route "/pool" to pool route "/" to web }
`;
const versions = ["1.22", "1.25.1", "1.27.3", "1.29.6", "1.31.0"];

const mostLines = 8;

/** @param {string} text */
const inCell = (text) => `\`${text.replaceAll("|", "\\|").replaceAll("`", "'")}\``;

/**
 * @param {{ readonly start: number, readonly end: number } | undefined} inner
 * @param {{ readonly start: number, readonly end: number }} outer
 */
function isInside(inner, outer) {
  return inner !== undefined && inner.start >= outer.start && inner.end <= outer.end;
}

/** The page as it should stand in docs/targets.md. */
export function targetsPage() {
  const analysis = analyze({ file: "shop.lbpolicy", text: example });
  const errors = analysis.diagnostics.filter((/** @type {{ severity: string }} */ one) => one.severity === "error");
  if (errors.length > 0) throw new Error(errors.map((/** @type {{ message: string }} */ one) => one.message).join("\n"));
  const results = Object.fromEntries(targets.map((target) => [target, compile(analysis, target)]));
  const rows = constructs.map((construct) => {
    const start = example.indexOf(construct);
    if (start < 0) throw new Error(`the example has no ${construct}`);
    const range = { start, end: start + construct.trimEnd().length };
    const cells = targets.map((target) => {
      const result = results[target];
      const notes = result.notes.filter((/** @type {Note} */ note) => isInside(note.origin.range, range)).map((/** @type {Note} */ note) => `*${note.difference.replaceAll("|", "\\|")}*`);
      if (target === "kubernetes") return notes.length === 0 ? "as written" : notes.join("<br>");
      const lines = result.text.split("\n");
      const own = linesOfPolicyRange(result, "shop.lbpolicy", range).filter((/** @type {number} */ line) => isInside(policyRangeOfLine(result, line)?.range, range))
        .map((/** @type {number} */ line) => (lines[line] ?? "").trim()).filter((/** @type {string} */ line) => !line.startsWith("#") && line !== "}");
      const shown = [...new Set(own)].map((line) => inCell(line.replaceAll(/ {2,}/g, " ")));
      if (shown.length === 0 && notes.length === 0) return "in the lines of its backend";
      return [...(shown.length > mostLines ? [...shown.slice(0, mostLines), `and ${shown.length - mostLines} more lines`] : shown), ...notes].join("<br>");
    });
    return `| ${[inCell(construct.trimEnd().replaceAll(/\s*\n\s*/g, " ")), ...cells].join(" | ")} |`;
  });
  const differences = targets.flatMap((target) => results[target].notes.map((/** @type {Note} */ note) => `| ${titles[target]} | ${note.construct} | ${note.fidelity} | ${note.difference.replaceAll("|", "\\|")} |`));
  const newer = versions.map((version) => {
    const result = compile(analyze({ file: "p.lbpolicy", text: `${recent}target nginx { version "${version}" resolver "10.96.0.10" }` }), "nginx");
    return `| ${version} | ${result.notes.map((/** @type {Note} */ note) => note.difference).join("<br>") || "nothing"} |`;
  });
  const limits = registry.filter((/** @type {Kind} */ { code }) => code.startsWith("LBP50")).map((/** @type {Kind} */ { code, name, severity }) => `| [${code}](diagnostics/${code}.md) | \`${name}\` | ${severity} |`);
  return `# What a policy becomes on each target

<!-- Made by scripts/targets-page.mjs; a test holds it to what the compilers write. -->

One policy, and the lines that each of its constructs becomes. What a target says otherwise, or not at all, is never dropped in silence: it is a diagnostic at the
construct, a line in the head of the file, and a row of \`lbpolicy compile --report\`. [Kubernetes](targets-kubernetes.md) has a page of its own.

\`\`\`lbpolicy
${example}\`\`\`

## Line by line

| policy | nginx 1.22 | HAProxy 2.6 | Kubernetes |
| --- | --- | --- | --- |
${rows.join("\n")}

## Where they differ

For the policy above:

| target | construct | how near | what differs |
| --- | --- | --- | --- |
${differences.join("\n")}

Small differences that are the same for every policy, and are not reported for each:

- nginx does not count a try on an idle connection to a member that turns out closed; HAProxy does.
- HAProxy also tries again where a connection is not answered in time under the default, \`retry 1 on error\`.
- HAProxy counts a limit in fixed steps of time, nginx in a leaking bucket: over 20 s they admit the same number within the burst and two.
- Both say 503 with \`Retry-After\` where all members are full, 421 to a host that no service has, 404 to a path that no route has.
- \`emit http\` puts \`merge_slashes off\` into our servers; where another server is the default of the port, its setting counts.

## Versions of nginx

What this policy still differs in, by \`target nginx { version … }\`:

\`\`\`lbpolicy
${recent}\`\`\`

| from | differs |
| --- | --- |
${newer.join("\n")}

What HAProxy is asked for has been there since 2.6. Older versions than nginx 1.22 and HAProxy 2.6 are compiled for with a warning.

## What a balancer cannot say

| code | name | severity |
| --- | --- | --- |
${limits.join("\n")}
`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) writeFileSync(join(fileURLToPath(new URL("..", import.meta.url)), "docs/targets.md"), targetsPage());
