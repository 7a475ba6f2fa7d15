import assert from "node:assert/strict";
import { compileHaproxy } from "../../../language/src/compile/haproxy/compile-haproxy.ts";
import { compileNginx } from "../../../language/src/compile/nginx/compile-nginx.ts";
import type { CompileResult } from "../../../language/src/compile/result.ts";
import type { Algorithm, Backend, Policy, Server } from "../../../language/src/model/policy.ts";
import type { Service } from "../../../language/src/model/service.ts";
import type { NginxTarget } from "../../../language/src/model/target.ts";
import { backend, destination, listener, oneRetry, policy, route, server, service, somewhere, strategy } from "../../helpers/policy-parts.ts";

const withBackend = (more: Partial<Backend>, servers: readonly Partial<Server>[] = [{}, {}], part: Partial<Service> = {}, version = "1.22"): Policy => {
  const web = backend("web", servers.map((one, i) => server(`s${i}`, `10.0.0.${i + 1}:80`, one)), more);
  const target: NginxTarget = { kind: "nginx", version, emit: "all" };
  return policy([web], [service("front", [listener(8080)], { to: [destination(web)], ...part })], [target]);
};
const withService = (part: Partial<Service>): Policy => withBackend({}, [{}, {}], part);
const withAlgorithm = (kind: Exclude<Algorithm["kind"], "hash" | "geo" | "least_predicted_load">, servers?: readonly Partial<Server>[]): Policy => withBackend({ strategy: strategy({ algorithm: { kind } }) }, servers);
const rate = (ratePerSecond: number, more = {}) => ({ kind: "rate", ratePerSecond, burst: 0, nodelay: true, by: { kind: "client_ip" }, status: 429, origin: somewhere(), ...more }) as const;
const codes = (result: CompileResult): readonly string[] => [...new Set(result.diagnostics.map((diagnostic) => diagnostic.code))].sort();

/** Services of one port and one host, each with a certificate. */
function sharedHost(): Policy {
  const web = backend("web", [server("a", "10.0.0.1:80")]);
  return policy([web], [1, 2].map((i) => service(`s${i}`, [listener(443, { tls: { kind: "files", certificate: `/${i}.crt`, key: `/${i}.key` } })], { hosts: ["same.example.com"], to: [destination(web)] })));
}

// compile.md §2: what each target cannot express, and the diagnostic that says so
const cases: readonly (readonly [string, Policy, readonly string[], readonly string[]])[] = [
  ["nothing unusual", withBackend({}), [], []],
  ["least_response_time", withAlgorithm("least_response_time"), ["LBP5010"], ["LBP5010"]],
  ["least_predicted_load", withBackend({ strategy: strategy({ algorithm: { kind: "least_predicted_load", windowSeconds: 60, aheadSeconds: 10 } }) }), ["LBP5010"], ["LBP5010"]],
  ["first without limits", withAlgorithm("first", [{}, {}, {}]), ["LBP5010"], ["LBP5019"]],
  ["first with limits", withAlgorithm("first", [{ maxConnections: 1 }, { maxConnections: 1 }]), ["LBP5010"], []],
  ["power_of_two with weights", withAlgorithm("power_of_two", [{ weight: 2 }, {}]), ["LBP5011"], []],
  ["a sticky cookie", withBackend({ strategy: strategy({ affinity: { kind: "cookie", name: "C", ttlSeconds: 60, origin: somewhere() } }) }), ["LBP5018"], []],
  ["a backup beside ip_hash", withAlgorithm("ip_hash", [{}, { backup: true }]), ["LBP5015"], []],
  ["slow_start", withBackend({ strategy: strategy({ slowStartSeconds: 30 }) }), ["LBP5017"], []],
  ["an active check", withBackend({ health: { kind: "tcp", intervalSeconds: 5, timeoutSeconds: 1, rise: 2, fall: 3, origin: somewhere() } }), ["LBP5020"], []],
  ["a grpc check", withBackend({ health: { kind: "grpc", intervalSeconds: 5, timeoutSeconds: 1, rise: 2, fall: 3, origin: somewhere() } }), ["LBP5020"], ["LBP5021"]],
  ["drain", withBackend({}, [{}, { drain: true }]), ["LBP5014"], []],
  ["weight 0", withBackend({}, [{}, { weight: 0 }]), ["LBP5013"], []],
  ["a queue", withBackend({ maxQueue: 5 }, [{ maxConnections: 1 }, { maxConnections: 1 }]), ["LBP5022"], ["LBP5027"]],
  ["a retry on 429", withBackend({ strategy: strategy({ retry: { ...oneRetry, on: [429] } }) }), [], ["LBP5023"]],
  ["a retry on 408", withBackend({ strategy: strategy({ retry: { ...oneRetry, on: [408] } }) }), ["LBP5023"], []],
  ["half a second of passive health", withBackend({ passiveHealth: { fall: 1, seconds: 0.5, origin: somewhere() } }), ["LBP5024"], []],
  ["a split finer than 0.01 %", withBackend({}, [{}, {}], { to: [destination(backend("x", [server("s", "10.0.0.9:80")]), 1 / 3), destination(backend("y", [server("s", "10.0.0.9:80")]), 2 / 3)] }), ["LBP5025"], ["LBP5025"]],
  ["h2c members", withBackend({ protocol: "h2c" }), ["LBP5030"], []],
  ["a timeout for sending", withBackend({ timeouts: { connectSeconds: 5, readSeconds: 60, sendSeconds: 7, queueSeconds: 5, idleSeconds: 60, origin: somewhere() } }), [], ["LBP5035"]],
  ["1.5 requests a second", withService({ limits: [rate(1.5)] }), [], []],
  ["50 an hour", withService({ limits: [rate(50 / 3600)] }), ["LBP5050"], []],
  ["a burst with delay", withService({ limits: [rate(5, { burst: 5, nodelay: false })] }), [], ["LBP5051"]],
  ["limits of two statuses", withService({ limits: [rate(5), rate(6, { status: 503 })] }), ["LBP5052"], []],
  ["limits by four keys", withService({ limits: ["a", "b", "c", "d"].map((name) => rate(5, { by: { kind: "header", name } })) }), [], ["LBP5053"]],
  ["a body limit", withService({ bodyLimitBytes: 1000 }), [], ["LBP5054"]],
  ["trusted proxies", withService({ trustProxies: ["10.0.0.0/8"] }), [], ["LBP5055"]],
  ["removing Server", withService({ headers: [{ on: "response", action: "remove", name: "Server", origin: somewhere() }] }), ["LBP5056"], []],
  ["metrics", withService({ metricsPort: 9113 }), ["LBP5059"], []],
  ["certificates of two stems", withService({ listeners: [listener(443, { tls: { kind: "files", certificate: "/etc/a/fullchain.pem", key: "/etc/a/privkey.pem" } })] }), [], ["LBP5060"]],
  ["a secret", withService({ listeners: [listener(443, { tls: { kind: "secret", name: "s" } })] }), ["LBP5061"], ["LBP5061"]],
  ["http2 without tls", withService({ listeners: [listener(80, { http2: true })] }), ["LBP5062"], []],
  ["udp", withBackend({ protocol: "udp" }), [], ["LBP5031"]],
  ["a retry on errors and not on time", withBackend({ strategy: strategy({ retry: { ...oneRetry, origin: somewhere() } }) }), [], ["LBP5026"]],
  ["a path of a route", withService({ to: [], routes: [route("/a", [destination(backend("x", [server("s", "10.0.0.9:80")]))])] }), [], ["LBP5068"]],
  ["a variable in the path of a certificate", withService({ listeners: [listener(443, { tls: { kind: "files", certificate: "/etc/$host.crt", key: "/etc/$host.key" } })] }), ["LBP5002"], ["LBP5002"]],
  ["a named group", withService({ to: [], routes: [route("^/(?<host>x)", [destination(backend("x", [server("s", "10.0.0.9:80")]))], { match: "regex" })] }), ["LBP5003"], ["LBP5003"]],
  ["a value of a thousand dollars", withService({ headers: [{ on: "response", action: "set", name: "X", value: "$".repeat(1000), origin: somewhere() }] }), ["LBP5004"], []],
  ["a name of a member that ends a sample", withBackend({ protocol: "https", tls: { verify: true, name: "x),env(HOME", origin: somewhere() } }), ["LBP5001"], ["LBP5001"]],
  ["http and tcp in one service", withService({ to: [destination(backend("x", [server("s", "10.0.0.9:80")]), 0.5), destination(backend("y", [server("s", "10.0.0.9:80")], { protocol: "tcp" }), 0.5)] }), ["LBP5071"], ["LBP5071"]],
  ["routes of tcp", withBackend({ protocol: "tcp" }, [{}], { compress: true }), ["LBP5072"], ["LBP5072"]],
  ["a network of a server that is not there", withBackend({ strategy: strategy({ algorithm: { kind: "geo", networks: [{ network: "10.0.0.0/8", servers: ["none"], origin: somewhere() }], fallback: ["s0"] } }) }), ["LBP5073"], ["LBP5073"]],
  ["a network with bits behind its prefix", withService({ trustProxies: ["2001:db8::1/32"] }), ["LBP5074"], ["LBP5074"]],
  ["two services of one host on a port", sharedHost(), ["LBP5070"], ["LBP5070"]],
];

describe("what a balancer cannot say", () => {
  for (const [title, given, nginx, haproxy] of cases) {
    it(`is reported for ${title}`, () => {
      assert.deepEqual(codes(compileNginx(given)), nginx, "nginx");
      assert.deepEqual(codes(compileHaproxy(given)), haproxy, "HAProxy");
    });
  }

  it("stands in the head of the file, at the construct and in the notes", () => {
    const slow = withBackend({ strategy: strategy({ slowStartSeconds: 30, origin: { file: "policy.lbpolicy", range: { start: 7, end: 9 } } }) });
    const { text, notes, diagnostics } = compileNginx(slow);
    assert.deepEqual(notes.map((note) => [note.construct, note.fidelity]), [["backend web: slow_start", "dropped"]]);
    assert.deepEqual(diagnostics.map((diagnostic) => diagnostic.range), [{ start: 7, end: 9 }]);
    assert.match(text, /^# - backend web: slow_start \(dropped\): nginx 1\.22 has no slow start/m);
  });

  it("shrinks with the version", () => {
    const since = (version: string, more: Partial<Backend>, servers?: readonly Partial<Server>[]): readonly string[] => codes(compileNginx(withBackend(more, servers, {}, version)));
    const fastest: Partial<Backend> = { strategy: strategy({ algorithm: { kind: "least_response_time" } }) };
    const sticky: Partial<Backend> = { strategy: strategy({ affinity: { kind: "cookie", name: "C", ttlSeconds: 60, origin: somewhere() } }) };
    assert.deepEqual([since("1.30.9", fastest), since("1.31.0", fastest)], [["LBP5010"], []]);
    assert.deepEqual([since("1.29.5", sticky), since("1.29.6", sticky)], [["LBP5018"], []]);
    assert.deepEqual([since("1.29.5", {}, [{}, { drain: true }]), since("1.29.6", {}, [{}, { drain: true }])], [["LBP5014"], []]);
    const http2 = (version: string): string => compileNginx(withBackend({}, [{}], { listeners: [listener(443, { http2: true, tls: { kind: "files", certificate: "/c.crt", key: "/c.key" } })] }, version)).text;
    assert.match(http2("1.22"), /listen 443 ssl http2;/);
    assert.match(http2("1.25.1"), /listen 443 ssl;[^]*http2 on;/);
  });
});

describe("what versions of nginx can say", () => {
  const text = (version: string, more: Partial<Backend>, servers?: readonly Partial<Server>[], part: Partial<Service> = {}): string => compileNginx(withBackend(more, servers, part, version)).text.replaceAll(/ +/g, " ");
  const secure: Partial<Service> = { listeners: [listener(443, { http2: true, tls: { kind: "files", certificate: "/c.crt", key: "/c.key" } })] };

  // compile.md finding 9, and nginx's own list of changes for http2
  it("is http2 as a directive from 1.25.1, with TLS and without", () => {
    assert.match(text("1.25.0", {}, [{}], secure), /listen 443 ssl http2;/);
    for (const part of [secure, { listeners: [listener(80, { http2: true })] }]) {
      assert.match(text("1.25.1", {}, [{}], part), /^ http2 on;$/m);
      assert.doesNotMatch(text("1.25.1", {}, [{}], part), /listen .*http2/);
    }
  });

  it("is sticky and drain from 1.29.6, least_time from 1.31.0", () => {
    const sticky: Partial<Backend> = { strategy: strategy({ affinity: { kind: "cookie", name: "C", ttlSeconds: 3600, origin: somewhere() } }) };
    assert.match(text("1.29.6", sticky), /sticky cookie C expires=1h path=\/ httponly samesite=lax;/);
    assert.doesNotMatch(text("1.29.6", sticky), /hash |map \$cookie/);
    assert.match(text("1.29.5", sticky), /hash \$lb_web_key consistent;/);
    assert.match(text("1.29.6", {}, [{}, { drain: true }]), /10\.0\.0\.2:80 .*drain;/);
    assert.match(text("1.29.5", {}, [{}, { drain: true }]), /10\.0\.0\.2:80 .*down;/);
    const fastest: Partial<Backend> = { strategy: strategy({ algorithm: { kind: "least_response_time" } }) };
    assert.match(text("1.31.0", fastest), /least_time header;/);
    assert.match(text("1.30.9", fastest), /least_conn;/);
  });

  it("is warned about where it is older than what is known", () => {
    const old = (target: Policy["targets"][number]): readonly string[] => codes((target.kind === "nginx" ? compileNginx : compileHaproxy)({ ...withBackend({}), targets: [target] }));
    assert.deepEqual([old({ kind: "nginx", version: "1.18", emit: "all", origin: somewhere() }), old({ kind: "haproxy", version: "2.4", emit: "all", origin: somewhere() })], [["LBP5076"], ["LBP5076"]]);
    assert.deepEqual([old({ kind: "nginx", version: "1.22", emit: "all", origin: somewhere() }), old({ kind: "haproxy", version: "3.2", emit: "all", origin: somewhere() })], [[], []]);
  });
});

describe("a text that no target can carry", () => {
  for (const [title, text] of [["a line feed", "a\nb"], ["NUL", "a\0b"], ["DEL", "a\u007f"], ["a line separator", "a\u2028b"], ["next line", "\u0085"], ["a byte order mark", "\ufeffa"], ["half a pair", "\ud800"]] as const) {
    it(`is refused with its place: ${title}`, () => {
      const at = somewhere();
      const given = withService({ headers: [{ on: "response", action: "set", name: "X", value: text, origin: at }] });
      for (const result of [compileNginx(given), compileHaproxy(given)]) {
        assert.deepEqual([result.text, result.files.length], ["", 0]);
        assert.deepEqual(result.diagnostics.map((diagnostic) => [diagnostic.code, diagnostic.severity, diagnostic.range]), [["LBP5000", "error", at.range]]);
      }
    });
  }

  it("may be prose of several lines", () => {
    const given = policy([{ ...backend("web", [server("a", "10.0.0.1:80")]), documentation: "one\ntwo" }], []);
    assert.deepEqual(codes(compileNginx(given)), []);
  });

  it("cannot be the name of a header that is looked up", () => {
    const given = withService({ to: [], routes: [route("/", [destination(backend("x", [server("s", "10.0.0.9:80")]))], { header: { name: "a,b)c", value: "x" } })] });
    assert.deepEqual([codes(compileNginx(given)), codes(compileHaproxy(given))], [["LBP5001"], ["LBP5001"]]);
  });
});

describe("an elastic pool", () => {
  const pool = (more: Partial<Backend> = {}): Backend => backend("pool", [], {
    workload: { image: "x", port: 8000, command: [], env: [], startupSeconds: 0, shutdownSeconds: 30, disruption: { count: 1 }, disruptionGiven: false, labels: [], annotations: [], origin: somewhere() }, ...more,
  });
  const reached = (to: Backend, targets: Policy["targets"] = []): Policy => policy([to], [service("front", [listener(8080)], { to: [destination(to)] })], targets);

  it("needs a resolver where a service reaches it", () => {
    assert.deepEqual([codes(compileNginx(reached(pool()))), codes(compileHaproxy(reached(pool())))], [["LBP5040"], ["LBP5040"]]);
  });

  it("is left out where none does", () => {
    const beside = policy([pool(), backend("web", [server("a", "10.0.0.1:80")])], reached(backend("web", [server("a", "10.0.0.1:80")])).services);
    assert.deepEqual([codes(compileNginx(beside)), codes(compileHaproxy(beside))], [["LBP5044"], ["LBP5044"]]);
  });

  it("is resolved at the start in a list of upstreams", () => {
    assert.deepEqual([codes(compileNginx(policy([pool()], []))), codes(compileHaproxy(policy([pool()], [])))], [["LBP5042"], ["LBP5042"]]);
  });

  it("needs a port or an address", () => {
    const bare = backend("pool", [], { replica: { variation: 1, origin: somewhere() } });
    assert.deepEqual([codes(compileNginx(reached(bare))), codes(compileHaproxy(reached(bare)))], [["LBP5041"], ["LBP5041"]]);
  });

  it("is its Service to old versions of nginx, and its members to those that can", () => {
    const text = (version: string): string => compileNginx(reached(pool(), [{ kind: "nginx", version, emit: "all", resolver: "10.96.0.10" }])).text;
    assert.match(text("1.22"), /set \$lb_pool_address pool\.default\.svc\.cluster\.local:8000;[^]*proxy_pass http:\/\/\$lb_pool_address;/);
    assert.match(text("1.27.3"), /server pool-pods\.default\.svc\.cluster\.local:8000 .*resolve;/);
  });
});
