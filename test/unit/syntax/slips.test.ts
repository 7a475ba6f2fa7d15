/** What a user of another tool types gets its own message, and a fix that mends it. */
import { strict as assert } from "node:assert";
import { analyze, applyEdits } from "../../../language/src/index.ts";
import type { Diagnostic } from "../../../language/src/index.ts";
import { checkInvariants } from "../../helpers/invariants.ts";

function errors(text: string): readonly Diagnostic[] {
  return analyze({ file: "test.lbpolicy", text }).diagnostics.filter(({ code, severity }) => /^LBP[123]/.test(code) && severity === "error");
}

const server = "server 10.0.0.1:80";

/** what is typed, what it becomes by the first fix of each problem, words of the first message */
const slips: readonly (readonly [string, string, RegExp])[] = [
  // Kubernetes
  [`backend b { workload { memory 500m } }`, `backend b { workload { memory 500Mi } }`, /500Mi/],
  [`backend b { workload { memory 8G } }`, `backend b { workload { memory 8GB } }`, /`8GB` or `8Gi`/],
  [`backend b { workload { memory 512M } }`, `backend b { workload { memory 512MB } }`, /`512MB` or `512Mi`/],
  [`backend b { workload { memory 512 } }`, `backend b { workload { memory 512Mi } }`, /size/],
  [`backend b {\n  workload {\n    image: "x"\n    port: 8000\n  }\n}`, `backend b {\n  workload {\n    image "x"\n    port 8000\n  }\n}`, /`:`.*value follows its keyword directly/],
  [`backend b { workload { port:8000 } }`, `backend b { workload { port 8000 } }`, /`:`/],
  [`backend b { workload { image: "a", port: 80 } }`, `backend b { workload { image "a" port 80 } }`, /./],
  [`backend b { workload { cpu 1 } scale 1..2 { target cpu 500m } }`, `backend b { workload { cpu 1 } scale 1..2 { target cpu 0.5 } }`, /`0\.5`/],
  // nginx
  [`backend b { ${server}; }`, `backend b { ${server} }`, /no terminator/],
  [`backend b { ${server} weight=5; }`, `backend b { ${server} weight 5 }`, /`=`/],
  [`backend b { ${server} max_connections = 5 }`, `backend b { ${server} max_connections 5 }`, /`=`/],
  [`backend b { ${server} timeout read 30 }`, `backend b { ${server} timeout read 30s }`, /`30s` or `30ms`/],
  [`backend b { ${server} timeout read 30sec }`, `backend b { ${server} timeout read 30s }`, /`30s`/],
  [`backend b { ${server} timeout read 30 s }`, `backend b { ${server} timeout read 30s }`, /without spaces/],
  [`backend b { ${server} } service s { listen 80 to b limit 10r/s by client_ip }`, `backend b { ${server} } service s { listen 80 to b limit 10/s by client_ip }`, /`10\/s`/],
  [`backend b { ${server} } service s { listen 80 to b limit 10 by client_ip }`, `backend b { ${server} } service s { listen 80 to b limit 10rps by client_ip }`, /`10rps`/],
  [`backend b { ${server} } service s { listen 80 to b body_limit 10m }`, `backend b { ${server} } service s { listen 80 to b body_limit 10Mi }`, /10Mi/],
  [`backend b { server 10.0.0.1 }`, `backend b { server 10.0.0.1:80 }`, /port is missing/],
  [`backend b { server api.internal }`, `backend b { server api.internal:80 }`, /port is missing/],
  // HAProxy
  [`backend "b" { ${server} }`, `backend b { ${server} }`, /without quotes/],
  [`backend b { server "a" 10.0.0.1:80 }`, `backend b { server a 10.0.0.1:80 }`, /without quotes/],
  [`backend b { ${server} balance "random" }`, `backend b { ${server} balance random }`, /without quotes/],
  [`backend b { ${server} balance roundrobin }`, `backend b { ${server} balance round_robin }`, /did you mean `round_robin`/],
  [`backend b { ${server} balance leastconn }`, `backend b { ${server} balance least_connections }`, /least_connections/],
  [`backend b { ${server} balance least_conn }`, `backend b { ${server} balance least_connections }`, /least_connections/],
  [`backend b { ${server} balance source }`, `backend b { ${server} balance ip_hash }`, /ip_hash/],
  // everywhere
  [`backend b { ${server} demand 5 rps }`, `backend b { ${server} demand 5rps }`, /without spaces/],
  [`traffic t { base 5rps noise 5 % } backend b { ${server} demand t }`, `traffic t { base 5rps noise 5% } backend b { ${server} demand t }`, /without spaces/],
  [`backend b { ${server} stream true }`, `backend b { ${server} stream on }`, /`on`/],
  [`backend b { ${server} stream no }`, `backend b { ${server} stream off }`, /`off`/],
  [`backend b { ${server} health http '/' }`, `backend b { ${server} health http "/" }`, /double quotes/],
  [`backend b { ${server} health http /healthz }`, `backend b { ${server} health http "/healthz" }`, /"\/healthz", not `\/healthz`/],
  [`backend b { ${server} health http "/" every 5s, timeout 1s }`, `backend b { ${server} health http "/" every 5s timeout 1s }`, /`,`.*only separates/],
  [`backend b { ${server} keepalive 2.5 }`, `backend b { ${server} keepalive ceil(2.5) }`, /ceil/],
  [`param x = 5-3 backend b { ${server} keepalive x }`, `param x = 5 - 3 backend b { ${server} keepalive x }`, /space/],
  [`backend b { ${server} weight .5x keepalive 5 }`.replace(" weight .5x", " variation .5"), `backend b { ${server} variation 0.5 keepalive 5 }`, /`0\.5`/],
  [`schedule n { every mon-fri 8:00-20:00 } backend b { replica capacity 1rps scale 1..2 { during n } }`, `schedule n { every mon-fri 08:00-20:00 } backend b { replica capacity 1rps scale 1..2 { during n } }`, /two digits/],
  [`schedule n { every mon-fri 08:00 - 20:00 } backend b { replica capacity 1rps scale 1..2 { during n } }`, `schedule n { every mon-fri 08:00-20:00 } backend b { replica capacity 1rps scale 1..2 { during n } }`, /without spaces/],
  ...(["Mon-Fri", "monday-friday", "weekdays"].map((days) => [`schedule n { every ${days} 08:00-20:00 replicas 2 } backend b { replica capacity 1rps scale 1..2 { during n } }`, `schedule n { every mon-fri 08:00-20:00 replicas 2 } backend b { replica capacity 1rps scale 1..2 { during n } }`, /days such as mon-fri/] as const)),
  [`schedule n { every weekend 08:00-20:00 replicas 2 } backend b { replica capacity 1rps scale 1..2 { during n } }`, `schedule n { every sat, sun 08:00-20:00 replicas 2 } backend b { replica capacity 1rps scale 1..2 { during n } }`, /days such as mon-fri/],
  [`backend b { server "10.0.0.1:80" }`, `backend b { server 10.0.0.1:80 }`, /an address such as/],
  [`backend b { server a "10.0.0.1:80" }`, `backend b { server a 10.0.0.1:80 }`, /an address such as/],
  [`backend b { ${server} } target nginx { version 1.22 resolver 10.96.0.10 }`, `backend b { ${server} } target nginx { version "1.22" resolver "10.96.0.10" }`, /such as "1\.22"/],
  [`backend b { ${server} } service s { listen 80 host shop.example.com to b }`, `backend b { ${server} } service s { listen 80 host "shop.example.com" to b }`, /double quotes/],
  [`traffic t { trace day.csv } backend b { ${server} demand t }`, `traffic t { trace "day.csv" } backend b { ${server} demand t }`, /a file such as/],
  [`param x: 5 backend b { ${server} keepalive x }`, `param x = 5 backend b { ${server} keepalive x }`, /`:`/],
  [`backend b { ${server} keepalive 1,000 }`, `backend b { ${server} keepalive 1000 }`, /`,`.*only separates/],
  [`scenario s { backend b expect p95 = 3s } backend b { ${server} demand 5rps }`, `scenario s { backend b expect p95 <= 3s } backend b { ${server} demand 5rps }`, /one of </],
  [`scenario s { backend b expect p95 < 3 } backend b { ${server} demand 5rps }`, `scenario s { backend b expect p95 < 3s } backend b { ${server} demand 5rps }`, /`3s`/],
  [`backend b { ${server} cost $5 }`, `backend b { ${server} cost $5/h }`, /\$5\/h/],
  [`backend b { ${server} cost 5 }`, `backend b { ${server} cost $5/h }`, /\$5\/h/],
];

describe("a word that is right before one that is not", () => {
  it("is not asked for again", () => {
    const [first] = errors("backend b { server a 10.0.0.1:80 demand 1rps } scenario s { backend b slow server 2.5 2x at 12:00 for 5m }");
    assert.equal(first?.message, "`slow` needs something else behind `server`.");
    assert.deepEqual(first.fixes, []);
  });
});

describe("slips of other tools", () => {
  for (const [typed, mended, words] of slips) {
    it(`${JSON.stringify(typed)} is told and mended`, () => {
      checkInvariants(typed);
      const [first] = errors(typed);
      assert.match(first?.message ?? "nothing", words);
      let text = typed;
      for (let round = 0; round < 6; round++) {
        const problem = errors(text).find((each) => each.fixes.length > 0);
        if (problem === undefined) break;
        text = applyEdits(text, problem.fixes[0]?.edits ?? []);
      }
      assert.deepEqual(errors(text).map(({ message }) => message), [], text);
      assert.equal(text, mended);
    });
  }
});
