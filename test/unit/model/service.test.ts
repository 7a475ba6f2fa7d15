/** `service` in the reference. */
import { strict as assert } from "node:assert";
import type { Service } from "../../../language/src/model/service.ts";
import { accepted, refused } from "../../helpers/marked-source.ts";

const backends = "backend a { server 10.0.0.1:80 }\nbackend b { server 10.0.0.2:80 }\nbackend t { server 10.0.0.3:80 protocol tcp }\nbackend u { server 10.0.0.4:80 protocol udp }\n";

function service(lines: string, rest = ""): Service {
  return accepted(`${backends}service s {\n  ${lines}\n}\n${rest}`).policy.services[0] ?? assert.fail();
}

const bad = (lines: string, code: string, words: RegExp): ReturnType<typeof refused> => refused(`${backends}service s {\n  ${lines}\n}`, code, words);
const badPair = (text: string, code: string, words: RegExp): unknown => refused(`${backends}${text}`, code, words);

describe("service", () => {
  it("needs a listen, and a to or routes", () => {
    refused(`${backends}service ⟦s⟧ { to a }`, "LBP2012", /`listen`/);
    refused(`${backends}service ⟦s⟧ { listen 80 }`, "LBP2012", /a `to` or a `route`/);
    bad('listen 80\n  route "/" to a\n  ⟦to⟧ b', "LBP2013", /takes everything/);
  });

  it("listens on ports and addresses", () => {
    const { listeners } = service('listen 80\n  listen 127.0.0.1:81\n  listen [::1]:82 tls secret "web"\n  listen base + 3 tls certificate "/c" key "/k" http2\n  to a', "param base = 8080");
    assert.deepEqual(listeners.map(({ address, port, tls, http2 }) => [address, port, tls?.kind, http2]), [[undefined, 80, undefined, false], ["127.0.0.1", 81, undefined, false], ["::1", 82, "secret", false], [undefined, 8083, "files", true]]);
    bad("listen ⟦0⟧\n  to a", "LBP3001", /1 to 65535/);
    bad("listen ⟦65536⟧\n  to a", "LBP3001", /1 to 65535/);
    bad("listen ⟦80.5⟧\n  to a", "LBP3002", /whole/);
    bad("listen ⟦api.internal:80⟧\n  to a", "LBP3005", /IP address/);
    bad("listen ⟦unix:/run/x⟧\n  to a", "LBP3005", /port/);
    bad("listen 80\n  listen ⟦80⟧\n  to a", "LBP2013", /already/);
    bad('listen 443 tls certificate "/c"⟦⟧\n  to a', "LBP1001", /`key`/);
    bad("listen 443 tls⟦⟧\n  to a", "LBP1001", /`certificate` or `secret`/);
    bad('listen 443 tls secret ⟦"Web"⟧\n  to a', "LBP3016", /secret/);
    bad('listen 443 tls certificate ⟦""⟧ key "/k"\n  to a', "LBP3016", /certificate/);
  });

  it("hosts", () => {
    assert.deepEqual(service('listen 80\n  host "A.example.com" (second)\n  host "c.example.com"\n  to a', 'param second = "b.example.com"').hosts, ["a.example.com", "b.example.com", "c.example.com"]);
    for (const text of ["", "a b", "https://a.example", "a.example:80", "a_b.example", "-a.example", "a..b", "é.example", "a.example."]) bad(`listen 80\n  host ⟦"${text}"⟧\n  to a`, "LBP3016", /host/);
    bad('listen 80\n  host "a.example" ⟦"A.example"⟧\n  to a', "LBP2013", /already/);
    bad('listen 80\n  host "a.example"\n  host ⟦"a.example"⟧\n  to a', "LBP2013", /already/);
    bad("listen 80\n  host ⟦name⟧\n  to a", "LBP1001", /strings in double quotes/);
  });

  it("redirect https: a warning where it leads nowhere or meets nobody", () => {
    const { redirect } = service('listen 80\n  listen 443 tls secret "web"\n  redirect https except "/.well-known/acme-challenge/" (probe)\n  to a', 'param probe = "/healthz"');
    assert.deepEqual(redirect?.except, ["/.well-known/acme-challenge/", "/healthz"]);
    assert.equal(bad("listen 80\n  ⟦redirect https⟧\n  to a", "LBP3021", /with `tls`/).severity, "warning");
    assert.equal(bad('listen 443 tls secret "web"\n  ⟦redirect https⟧\n  to a', "LBP3021", /without `tls`/).severity, "warning");
    accepted(`backend a { server 10.0.0.1:80 }
service plain { listen 80 redirect https to a }
service main { listen 443 tls secret "web" to a }`);
    bad('listen 80\n  listen 443 tls secret "web"\n  redirect https except ⟦"x"⟧\n  to a', "LBP3016", /begins with \//);
    bad('listen 80\n  listen 443 tls secret "web"\n  redirect https\n  ⟦redirect⟧ https\n  to a', "LBP1015", /second time/);
  });

  it("splits: all or none carry a share, which adds up to 100 %, and 0 % is allowed", () => {
    assert.deepEqual(service("listen 80\n  to a 90%, b 10%").to.map(({ backend, share }) => [backend.name, share]), [["a", 0.9], ["b", 0.1]]);
    assert.deepEqual(service("listen 80\n  to a 100%, b 0%").to.map(({ share }) => share), [1, 0]);
    assert.deepEqual(service("listen 80\n  to a, b").to.map(({ share }) => share), [undefined, undefined]);
    assert.deepEqual(service("listen 80\n  to a (canary), b (100% - canary)", "param canary = 5%").to.map(({ share }) => share), [0.05, 0.95]);
    assert.deepEqual(service("listen 80\n  to a 0.7, b 0.3").to.map(({ share }) => share), [0.7, 0.3]);
    bad("listen 80\n  to ⟦a 90%, b 20%⟧", "LBP3013", /add up to 110%/);
    bad("listen 80\n  to ⟦a 90%⟧", "LBP3013", /90%/);
    bad("listen 80\n  to ⟦a 90%, b⟧", "LBP2013", /all destinations/);
    bad("listen 80\n  to a 50%, ⟦a⟧ 50%", "LBP2013", /twice/);
    bad("listen 80\n  to a ⟦0.001%⟧, b 99.999%", "LBP3001", /0\.01%/);
    bad("listen 80\n  to a ⟦150%⟧", "LBP3001", /100%/);
    bad("listen 80\n  to ⟦c⟧", "LBP2001", /no backend called c/);
    bad("listen 80\n  to⟦⟧", "LBP1001", /the name of a backend/);
    bad("listen 80\n  to a,⟦⟧", "LBP1001", /the name of a backend/);
  });

  it("routes", () => {
    const { routes } = service('listen 80\n  route "/a" exact method POST header "X-A" "1" to a 50%, b 50% cache 5m\n  route "^/b/[0-9]+$" regex to b\n  route "/" method GET to a\n  route "/" to b');
    assert.deepEqual(routes.map(({ path, match, method, header, cacheSeconds }) => [path, match, method, header, cacheSeconds]), [
      ["/a", "exact", "POST", { name: "X-A", value: "1" }, 300], ["^/b/[0-9]+$", "regex", undefined, undefined, undefined], ["/", "prefix", "GET", undefined, undefined], ["/", "prefix", undefined, undefined, undefined],
    ]);
    bad('listen 80\n  route ⟦"a"⟧ to a', "LBP3016", /begins with \//);
    bad('listen 80\n  route ⟦"("⟧ regex to a', "LBP3016", /regular expression/);
    bad('listen 80\n  ⟦route⟧ "/a" exact regex to a', "LBP2013", /`exact` or `regex`/);
    bad('listen 80\n  route "/" to a\n  route ⟦"/"⟧ to b', "LBP2013", /already/);
    bad('listen 80\n  route "/" method GET to a\n  route ⟦"/"⟧ method GET to b', "LBP2013", /already/);
    bad('listen 80\n  route "/" header "X-A" "1" to a\n  route ⟦"/"⟧ header "x-a" "1" to b', "LBP2013", /already/);
    bad('listen 80\n  route "/" method ⟦get⟧ to a', "LBP3016", /GET/);
    bad('listen 80\n  route "/" header ⟦"a b"⟧ "1" to a', "LBP3016", /header/);
    bad('listen 80\n  route "/" to a ⟦exact⟧', "LBP1003", /no option `exact`|before/);
    bad('listen 80\n  route "/"⟦⟧', "LBP1001", /`to`/);
    // the words of the open statement go on with it, also on a line of their own
    assert.equal(service('listen 80\n  route "/"\n    header "X-A" "1"\n    to a\n  header set "X-B" "2"').headers.length, 1);
  });

  it("expressions are what PCRE and JavaScript read alike", () => {
    for (const text of ["(?i)a", "a++", "\\\\u0041", "[]", "a[^]b", "(?P<x>a)", "(?<host>a)", "(?<=a+)b", "\\\\p{L}", "\\\\0", "é+", "a{70000}", "(a{99}){99}", "[[:alpha:]]", "a{2", ""]) bad(`listen 80\n  route ⟦"${text}"⟧ regex to a`, "LBP3016", /./);
    for (const text of ["^/v[0-9]+/", "\\\\.php$", "^/(a|b)/", "^/x{2,3}", "a*?", "^/a(?=b)", "^/(a)\\\\1", "[^/]+"]) accepted(`${backends}service s { listen 80 route "${text}" regex to a }`);
  });

  it("limits", () => {
    const { limits } = service('listen 80\n  to a\n  limit 50/s burst 100 nodelay by client_ip\n  limit 1/d by header "X-Key" status 503\n  limit connections 100 by everyone\n  limit status 429 by client_ip'.replace("\n  limit status 429 by client_ip", ""));
    assert.deepEqual(limits.map((limit) => ({ ...limit, origin: undefined })), [
      { kind: "rate", ratePerSecond: 50, burst: 100, nodelay: true, by: { kind: "client_ip" }, status: 429, origin: undefined },
      { kind: "rate", ratePerSecond: 1 / 86_400, burst: 0, nodelay: false, by: { kind: "header", name: "X-Key" }, status: 503, origin: undefined },
      { kind: "connections", count: 100, by: { kind: "everyone" }, status: 429, origin: undefined },
    ]);
    bad("listen 80\n  to a\n  ⟦limit⟧ 5/s", "LBP2012", /`by client_ip`/);
    bad("listen 80\n  to a\n  limit ⟦0rps⟧ by client_ip", "LBP3001", /limit|rate/);
    bad("listen 80\n  to a\n  limit ⟦1_000_001rps⟧ by client_ip", "LBP3001", /1000000rps|1e\+?6/);
    bad("listen 80\n  to a\n  limit ⟦50⟧ by client_ip", "LBP2003", /`50rps`/);
    bad("listen 80\n  to a\n  limit 5/s burst ⟦1_000_001⟧ by client_ip", "LBP3001", /burst/);
    for (const status of [400, 401, 403, 404, 405, 408, 410, 413, 421, 422, 425, 429, 500, 501, 502, 503, 504]) accepted(`${backends}service s { listen 80 to a limit 5/s by everyone status ${status} }`);
    for (const status of [402, 418, 426, 431, 451, 505, 599]) bad(`listen 80\n  to a\n  limit 5/s by everyone status ⟦${status}⟧`, "LBP3014", /429|503/);
    bad("listen 80\n  to a\n  limit 5/s by everyone status ⟦200⟧", "LBP3001", /400 to 599/);
    bad("listen 80\n  to a\n  limit connections ⟦0⟧ by client_ip", "LBP3001", /1 to 65535/);
    bad("listen 80\n  to a\n  limit connections ⟦65536⟧ by client_ip", "LBP3001", /1 to 65535/);
    bad("listen 80\n  to a\n  limit 5/s by client_ip ⟦by⟧ everyone", "LBP1015", /`by`/);
    bad('listen 80\n  to a\n  limit 5/s by header ⟦"a b"⟧', "LBP3016", /header/);
    bad("listen 80\n  to a\n  limit connections 5 ⟦burst⟧ 3 by everyone", "LBP1003", /no option `burst`/);
    bad("listen 80\n  to a\n  limit 5/s by⟦⟧", "LBP1001", /`client_ip`/);
  });

  it("headers, body_limit, compress, trust_proxy, metrics", () => {
    const all = service('listen 80\n  to a\n  header set "X-A" "1"\n  header request add "X-B" "2"\n  header response remove "Server"\n  body_limit 10MB\n  compress gzip\n  trust_proxy "10.0.0.0/8" (v6)\n  metrics 9113', 'param v6 = "2001:db8::/32"');
    assert.deepEqual(all.headers.map(({ on, action, name, value }) => [on, action, name, value]), [["response", "set", "X-A", "1"], ["request", "add", "X-B", "2"], ["response", "remove", "Server", undefined]]);
    assert.deepEqual([all.bodyLimitBytes, all.compress, all.trustProxies, all.metricsPort], [10e6, true, ["10.0.0.0/8", "2001:db8::/32"], 9113]);
    assert.equal(service("listen 80\n  to a\n  body_limit off").bodyLimitBytes, undefined);
    bad('listen 80\n  to a\n  header set ⟦"X A"⟧ "1"', "LBP3016", /header/);
    bad('listen 80\n  to a\n  header ⟦"X-A"⟧ "1"', "LBP1001", /`set`/);
    bad('listen 80\n  to a\n  trust_proxy ⟦"10.0.0.1/8"⟧', "LBP3016", /10\.0\.0\.0\/8/);
    bad("listen 80\n  to a\n  compress ⟦brotli⟧", "LBP1001", /`gzip`/);
    bad("listen 80\n  to a\n  body_limit ⟦10M⟧", "LBP1011", /`10MB` or `10Mi`/);
    bad("listen 80\n  to a\n  metrics ⟦80⟧", "LBP2013", /listens/);
    bad('listen 80\n  to a\n  header set "X-A" "1⟦\\n⟧"', "LBP1008", /\\\\/);
  });

  it("all backends are http-like, or tcp, or udp", () => {
    bad("listen 80\n  to a, ⟦t⟧", "LBP2013", /tcp/);
    bad("listen 80\n  to t, ⟦u⟧", "LBP2013", /udp/);
    bad('listen 80\n  route "/a" to a\n  route "/t" to ⟦t⟧', "LBP2013", /tcp/);
    accepted(`${backends}backend g { server 10.0.0.9:80 protocol grpc }\nservice s { listen 80 route "/g" to g route "/" to a }`);
  });

  it("tcp and udp take only what they can", () => {
    accepted(`${backends}service s { listen 5432 tls certificate "/c" key "/k" to t limit connections 5 by client_ip trust_proxy "10.0.0.0/8" metrics 9113 }`);
    accepted(`${backends}service s { listen 53 to u }`);
    bad('listen 80\n  to t\n  ⟦host⟧ "a.example"', "LBP2013", /tcp/);
    bad('listen 80\n  ⟦route⟧ "/" to t', "LBP2013", /tcp/);
    bad("listen 80\n  to t\n  ⟦limit⟧ 5/s by client_ip", "LBP2013", /tcp/);
    bad('listen 80\n  to t\n  limit connections 5 by ⟦header⟧ "X"'.replace("⟦header⟧", "⟦header⟧"), "LBP2013", /tcp/);
    bad("listen 80\n  to t\n  ⟦compress⟧ gzip", "LBP2013", /tcp/);
    bad('listen 80\n  to t\n  ⟦header⟧ set "A" "b"', "LBP2013", /tcp/);
    bad("listen 80\n  to t\n  ⟦body_limit⟧ 1MB", "LBP2013", /tcp/);
    bad('listen 80\n  listen 443 tls secret "w" ⟦http2⟧\n  to t', "LBP2013", /tcp/);
    bad("listen 53\n  to u\n  ⟦limit⟧ connections 5 by client_ip", "LBP2013", /udp/);
    bad("listen 53\n  to u\n  ⟦trust_proxy⟧ \"10.0.0.0/8\"", "LBP2013", /udp/);
    bad('listen 53 ⟦tls⟧ secret "w"\n  to u', "LBP2013", /udp/);
    bad("listen 53\n  to u\n  ⟦metrics⟧ 9113", "LBP2013", /udp/);
  });

  it("services on one port are told apart by host; at most one has none", () => {
    accepted(`${backends}service x { listen 80 host "x.example" to a }\nservice y { listen 80 host "y.example" to b }\nservice z { listen 80 to a }`);
    badPair("service x { listen 80 to a }\nservice y { listen ⟦80⟧ to b }", "LBP2013", /`host`/);
    badPair('service x { listen 80 host "x.example" to a }\nservice y { listen 80 host ⟦"x.example"⟧ to b }', "LBP2013", /x\.example/);
    accepted(`${backends}service x { listen 80 host "x.example" to a }\nservice y { listen 81 host "x.example" to b }`);
    badPair('service x { listen 80 host "x.example" to a }\nservice y { listen ⟦80⟧ to t }', "LBP2013", /tcp/);
    badPair("service x { listen 80 to t }\nservice y { listen ⟦80⟧ to t }", "LBP2013", /80/);
    badPair('service x { listen 443 tls secret "x" host "x.example" to a }\nservice y { listen ⟦443⟧ host "y.example" to b }', "LBP2013", /tls/);
    // udp and tcp do not meet
    accepted(`${backends}service x { listen 53 to t }\nservice y { listen 53 to u }`);
    badPair("service x { listen 53 to u }\nservice y { listen ⟦53⟧ to u }", "LBP2013", /53/);
    accepted(`${backends}service x { listen 127.0.0.1:80 to a }\nservice y { listen 127.0.0.2:80 to b }`);
  });

  it("a path with a query, or one that is encoded, is a warning whose fix writes the one that was meant", () => {
    for (const [path, meant] of [["/search?q=1", "/search"], ["/page#top", "/page"], ["/%61pi/v1", "/api/v1"], ["/caf%C3%A9", "/café"]] as const) {
      const marked = `${backends}service s { listen 80 route ⟦"${path}"⟧ to a }`;
      const { severity, fixes } = refused(marked, "LBP3026", /is not what a request is compared with/);
      assert.equal(severity, "warning");
      assert.deepEqual(fixes[0]?.edits.map((edit) => edit.text), [`"${meant}"`]);
    }
    for (const path of ["/a b", "/café", "/100%", "/%zz", "/a%3Fb", "/a/../b"]) accepted(`${backends}service s { listen 80 route "${path}" to a }`);
    accepted(`${backends}service s { listen 80 route "^/a?b" regex to a }`);
  });
});
