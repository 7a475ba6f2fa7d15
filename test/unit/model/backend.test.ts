/** Rows of `backend` in the reference. */
import { strict as assert } from "node:assert";
import type { AnalyzeOptions } from "../../../language/src/index.ts";
import type { Backend } from "../../../language/src/model/policy.ts";
import { accepted, refused } from "../../helpers/marked-source.ts";

function backend(lines: string, rest = "", options: AnalyzeOptions = {}): Backend {
  return accepted(`backend b {\n  ${lines}\n}\n${rest}`, options).policy.backends[0] ?? assert.fail();
}

const member = "server a 10.0.0.1:80";

describe("backend", () => {
  it("has servers or an elastic pool, not both and not neither", () => {
    refused("backend ⟦b⟧ { balance random }", "LBP2012", /`server`.*`replica` or `workload`/);
    refused("backend b { ⟦server⟧ 10.0.0.1:80 replica capacity 1rps }", "LBP2013", /not both/);
    refused("backend b { server 10.0.0.1:80 ⟦scale⟧ 1..2 }", "LBP2013", /do not scale/);
    refused("backend b { server 10.0.0.1:80 ⟦address⟧ api.internal:80 }", "LBP2013", /elastic pool/);
    accepted("backend b { replica capacity 1rps }");
    accepted('backend b { workload { image "x" } }');
  });

  it("unnamed servers are numbered by their place among all", () => {
    assert.deepEqual(backend("server 10.0.0.1:80\n  server b 10.0.0.2:80\n  server 10.0.0.3:80").servers.map((server) => server.name), ["s1", "b", "s3"]);
  });

  it("everything left out has its default", () => {
    const { timeouts, health, passiveHealth, protocol, keepalive, stream, strategy, maxQueue, demand, tls } = backend(member);
    assert.deepEqual(timeouts, { connectSeconds: 5, readSeconds: 60, sendSeconds: 60, queueSeconds: 5, idleSeconds: 60 });
    assert.deepEqual([health, passiveHealth, protocol, keepalive, stream, maxQueue, demand, tls], [undefined, { fall: 3, seconds: 10 }, "http", 16, false, undefined, undefined, undefined]);
    assert.deepEqual(strategy, { algorithm: { kind: "round_robin" }, retry: { count: 1, on: ["error"], unsafe: false } });
    assert.equal(backend(Array.from({ length: 20 }, (_, i) => `server 10.0.0.${i + 1}:80`).join("\n  ")).keepalive, 40);
  });

  it("balance names a strategy or an algorithm without an argument", () => {
    const words = { round_robin: "round_robin", weighted_round_robin: "round_robin", least_connections: "least_connections", weighted_least_connections: "least_connections", random: "random", power_of_two: "power_of_two", ip_hash: "ip_hash", first: "first", least_response_time: "least_response_time" };
    for (const [word, kind] of Object.entries(words)) assert.deepEqual(backend(`${member}\n  balance ${word}`).strategy.algorithm, { kind });
    for (const word of ["hash", "geo", "least_predicted_load"]) refused(`backend b { server 10.0.0.1:80 balance ⟦${word}⟧ }`, "LBP2009", /declare a strategy/);
    refused("backend b { server 10.0.0.1:80 balance ⟦least_conn⟧ }", "LBP2001", /strategy called least_conn/);
    refused("backend b { server 10.0.0.1:80 balance ⟦round_robbin⟧ }", "LBP2001", /did you mean `round_robin`/);
  });

  it("demand is a rate, a param or a traffic", () => {
    const demand = (text: string, rest = ""): unknown => {
      const found = backend(`${member}\n  demand ${text}`, rest).demand;
      return found?.kind === "rate" ? found.ratePerSecond : found?.traffic.name;
    };
    assert.equal(demand("90/m"), 1.5);
    assert.equal(demand("2 * peak", "param peak = 5rps"), 10);
    assert.equal(demand("peak", "param peak = 5rps"), 5);
    assert.equal(demand("day", "traffic day { base 1rps }"), "day");
    refused("backend b { server 10.0.0.1:80 demand ⟦dya⟧ } traffic day { base 1rps }".replace("traffic day", "traffic dax"), "LBP2001", /no traffic called dya/);
    refused("backend b { server 10.0.0.1:80 demand ⟦100⟧ }", "LBP2003", /`100rps`/);
    refused('backend b { server 10.0.0.1:80 demand ⟦"x"⟧ }', "LBP1018", /without quotes/);
  });

  it("active checks", () => {
    const health = (text: string): unknown => ({ ...backend(`${member}\n  health ${text}`).health, origin: undefined });
    const common = { intervalSeconds: 5, timeoutSeconds: 1, rise: 2, fall: 3, origin: undefined };
    assert.deepEqual(health("tcp"), { kind: "tcp", ...common });
    assert.deepEqual(health("grpc port 81 every 10s"), { kind: "grpc", ...common, intervalSeconds: 10, port: 81 });
    assert.deepEqual(health('http "/x" method HEAD expect 204 every 500ms timeout 250ms rise 1 fall 10000 port 1 host "a.example"'), {
      kind: "http", path: "/x", method: "HEAD", expectFrom: 204, expectTo: 204, intervalSeconds: 0.5, timeoutSeconds: 0.25, rise: 1, fall: 10_000, port: 1, host: "a.example", verify: true, origin: undefined,
    });
    assert.deepEqual(health('https "/" expect 200-299 verify off'), { kind: "https", path: "/", method: "GET", expectFrom: 200, expectTo: 299, ...common, verify: false });
    refused('backend b { server 10.0.0.1:80 health http ⟦"x"⟧ }', "LBP3016", /begins with \//);
    refused('backend b { server 10.0.0.1:80 health http "/" expect ⟦399-200⟧ }', "LBP3014", /smaller first/);
    refused('backend b { server 10.0.0.1:80 health http "/" expect ⟦600⟧ }', "LBP3001", /100 to 599/);
    refused('backend b { server 10.0.0.1:80 health http "/" every ⟦0s⟧ }', "LBP3001", /every/);
    refused('backend b { server 10.0.0.1:80 health http "/" every ⟦25d⟧ }', "LBP3001", /24d/);
    refused('backend b { server 10.0.0.1:80 health http "/" fall ⟦0⟧ }', "LBP3001", /1 to 10000/);
    refused('backend b { server 10.0.0.1:80 health http "/" port ⟦65536⟧ }', "LBP3001", /1 to 65535/);
    refused('backend b { server 10.0.0.1:80 health http "/" method ⟦get⟧ }', "LBP3016", /GET/);
    refused('backend b { server 10.0.0.1:80 health http "/" host ⟦"a b"⟧ }', "LBP3016", /host/);
    refused("backend b { server 10.0.0.1:80 health tcp ⟦method⟧ GET }", "LBP1003", /no option `method`/);
    refused("backend b { server 10.0.0.1:80 health⟦⟧ }", "LBP1001", /one of `http`, `https`, `tcp`, `grpc`, `passive`/);
  });

  it("one active and one passive check may stand beside each other", () => {
    assert.equal(accepted("backend b { server 10.0.0.1:80 health passive fall 3 for 500ms }").policy.backends[0]?.passiveHealth?.seconds, 0.5, "as every directive, from 1 ms on");
    const { health, passiveHealth } = backend(`${member}\n  health tcp\n  health passive fall 5 for 30s`);
    assert.deepEqual([health?.kind, passiveHealth?.fall, passiveHealth?.seconds], ["tcp", 5, 30]);
    assert.equal(backend(`${member}\n  health passive off`).passiveHealth, undefined);
    assert.deepEqual(backend(`${member}\n  health passive fall 7`).passiveHealth?.seconds, 10);
    refused("backend b { server 10.0.0.1:80 health tcp ⟦health⟧ grpc }", "LBP1015", /second time/);
    refused("backend b { server 10.0.0.1:80 health passive off ⟦health⟧ passive fall 2 }", "LBP1015", /second time/);
  });

  it("`timeout` of a check and the statement are told apart by the next word", () => {
    const both = backend(`${member}\n  health http "/" timeout 2s\n  timeout connect 3s`);
    assert.deepEqual([both.health?.timeoutSeconds, both.timeouts.connectSeconds], [2, 3]);
    const line = backend(`${member} health http "/" timeout connect 3s timeout 2s`.replace(" timeout 2s", ""));
    assert.deepEqual([line.health?.timeoutSeconds, line.timeouts.connectSeconds], [1, 3]);
    for (const word of ["read", "send", "queue", "idle"]) accepted(`backend b { server 10.0.0.1:80 health tcp timeout ${word} 3s }`);
    // at the start of a line the word continues the check, as a word of the open statement
    assert.equal(backend(`${member}\n  health http "/"\n    timeout 2s`).health?.timeoutSeconds, 2);
  });

  it("timeouts are 1 ms to 24 d, in any order, each once, and not none", () => {
    assert.deepEqual({ ...backend(`${member}\n  timeout idle 24d queue 1ms send 4s read 3s connect 2s`).timeouts, origin: undefined },
      { connectSeconds: 2, readSeconds: 3, sendSeconds: 4, queueSeconds: 0.001, idleSeconds: 24 * 86_400, origin: undefined });
    refused("backend b { server 10.0.0.1:80 timeout read ⟦0s⟧ }", "LBP3001", /1ms to 24d/);
    refused("backend b { server 10.0.0.1:80 timeout read ⟦25d⟧ }", "LBP3001", /1ms to 24d/);
    refused("backend b { server 10.0.0.1:80 timeout read 1s ⟦read⟧ 2s }", "LBP1015", /`read`/);
    refused("backend b { server 10.0.0.1:80 timeout read 1s ⟦timeout⟧ connect 2s }", "LBP1015", /`timeout`/);
    refused("backend b { server 10.0.0.1:80 ⟦timeout⟧ }", "LBP2012", /`connect`, `read`/);
    refused("backend b { server 10.0.0.1:80 timeout read ⟦30⟧ }", "LBP2003", /`30s` or `30ms`/);
  });

  it("protocol, tls, keepalive, stream", () => {
    for (const word of ["http", "https", "h2c", "grpc", "grpcs", "tcp", "udp"]) assert.equal(backend(`server a api.internal:80\n  protocol ${word}`).protocol, word);
    refused("backend b { server 10.0.0.1:80 protocol ⟦http3⟧ }", "LBP1001", /one of `http`/);
    const tls = backend('server a api.internal:443\n  protocol https\n  tls verify on ca "/ca.pem" name "x.example" certificate "/c.pem" key "/k.pem"').tls;
    assert.deepEqual({ ...tls, origin: undefined }, { verify: true, ca: "/ca.pem", name: "x.example", certificate: "/c.pem", key: "/k.pem", origin: undefined });
    refused("backend b { server 10.0.0.1:80 ⟦tls⟧ verify on }", "LBP2013", /https and grpcs/);
    refused('backend b { server api.internal:80 protocol https ⟦tls⟧ certificate "/c.pem" }', "LBP2012", /`key`/);
    refused('backend b { server api.internal:80 protocol https ⟦tls⟧ key "/k.pem" }', "LBP2012", /`certificate`/);
    refused('backend b { server api.internal:80 protocol https tls name ⟦"a b"⟧ }', "LBP3016", /name/);
    refused("backend b { server 10.0.0.1:80 keepalive ⟦0⟧ }", "LBP3001", /1 to 10000/);
    refused("backend b { server 10.0.0.1:80 keepalive ⟦10_001⟧ }", "LBP3001", /1 to 10000/);
    assert.equal(backend(`${member}\n  stream on`).stream, true);
    refused("backend b { server 10.0.0.1:80 stream ⟦yes⟧ }", "LBP1001", /`on` or `off`/);
  });

  it("members that are not verified, or by an address without a name, are warned about", () => {
    refused("backend b { server api.internal:443 protocol https tls ⟦verify off⟧ }", "LBP3017", /verif/);
    refused("backend b { server ⟦10.0.0.1:443⟧ protocol https }", "LBP3017", /name/);
    accepted('backend b { server 10.0.0.1:443 protocol https tls name "api.example" }');
    accepted("backend b { server api.internal:443 protocol grpcs }");
  });

  it("max_queue needs max_connections of each member", () => {
    assert.equal(backend("server a 10.0.0.1:80 max_connections 5\n  max_queue 10").maxQueue, 10);
    assert.equal(backend("replica max_connections 5\n  max_queue 0").maxQueue, 0);
    refused("backend b { server 10.0.0.1:80 ⟦max_queue⟧ 10 }", "LBP2012", /`max_connections`/);
    refused("backend b { server a 10.0.0.1:80 max_connections 5 server b 10.0.0.2:80 ⟦max_queue⟧ 10 }", "LBP2012", /`max_connections`.*b/);
    refused("backend b { replica capacity 1rps ⟦max_queue⟧ 10 }", "LBP2012", /`max_connections`/);
  });

  it("address says where an elastic pool is reached", () => {
    assert.deepEqual(backend("replica capacity 1rps\n  address pool.internal:8080").address, { kind: "host", host: "pool.internal", port: 8080 });
    refused("backend b { replica capacity 1rps address ⟦unix:/run/x⟧ }", "LBP3005", /HOST:PORT|host and a port/);
  });

  it("names what is no statement and offers the nearest", () => {
    const found = refused("backend b {\n  server 10.0.0.1:80\n  ⟦blance⟧ random\n}", "LBP1002", /`blance` is no statement of a backend: write `balance`/);
    assert.equal(found.fixes[0]?.edits[0]?.text, "balance");
    refused("backend b { server 10.0.0.1:80 ⟦wieght⟧ 2 }", "LBP1003", /no option `wieght`: write `weight`/);
  });
});
