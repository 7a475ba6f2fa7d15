/** `strategy` in the reference. */
import { strict as assert } from "node:assert";
import type { Strategy } from "../../../language/src/model/policy.ts";
import { analyze } from "../../../language/src/index.ts";
import { accepted, refused } from "../../helpers/marked-source.ts";

const members = "server a 10.0.0.1:80 server b 10.0.0.2:80";

function strategy(lines: string): Strategy {
  return accepted(`strategy s {\n  ${lines}\n}\nbackend x { ${members} balance s }`).policy.strategies[0] ?? assert.fail();
}

const bad = (lines: string, code: string, words: RegExp): unknown => refused(`strategy s {\n  ${lines}\n}\nbackend x { ${members} balance s }`, code, words);

describe("strategy", () => {
  it("knows the algorithms and their arguments", () => {
    for (const word of ["round_robin", "least_connections", "random", "power_of_two", "ip_hash", "first", "least_response_time"]) assert.deepEqual(strategy(`algorithm ${word}`).algorithm, { kind: word });
    assert.deepEqual(strategy("algorithm weighted_round_robin").algorithm, { kind: "round_robin" });
    assert.deepEqual(strategy("algorithm weighted_least_connections").algorithm, { kind: "least_connections" });
    assert.deepEqual(strategy("algorithm hash uri").algorithm, { kind: "hash", key: { kind: "uri" }, consistent: false });
    assert.deepEqual(strategy("algorithm hash path consistent").algorithm, { kind: "hash", key: { kind: "path" }, consistent: true });
    for (const kind of ["header", "cookie", "query"]) assert.deepEqual(strategy(`algorithm hash ${kind} "X-User" consistent`).algorithm, { kind: "hash", key: { kind, name: "X-User" }, consistent: true });
    assert.deepEqual(strategy("algorithm least_predicted_load ahead 1m window 5m").algorithm, { kind: "least_predicted_load", windowSeconds: 300, aheadSeconds: 60 });
    assert.deepEqual(strategy("affinity ip").algorithm, { kind: "round_robin" });
  });

  it("asks for what is left out", () => {
    bad("algorithm⟦⟧", "LBP1001", /`round_robin`/);
    bad("algorithm hash⟦⟧", "LBP1001", /`uri`, `path`, `header`, `cookie`, `query`/);
    bad("algorithm hash header⟦⟧", "LBP1001", /a name such as "X-User"/);
    bad("⟦algorithm⟧ least_predicted_load window 5m", "LBP2012", /`ahead`/);
    bad("⟦algorithm⟧ least_predicted_load ahead 5m", "LBP2012", /`window`/);
    bad("algorithm ⟦least_conn⟧", "LBP1001", /`least_connections`/);
  });

  it("geo sends client networks to servers; the default is required and the names exist in every backend that uses it", () => {
    const { algorithm } = strategy('algorithm geo {\n    "10.0.0.0/8" to a, b\n    "2001:db8::/32" to b\n    default to b\n  }');
    assert.deepEqual(algorithm.kind === "geo" ? [algorithm.networks.map(({ network, servers }) => [network, servers]), algorithm.fallback] : undefined, [[["10.0.0.0/8", ["a", "b"]], ["2001:db8::/32", ["b"]]], ["b"]]);
    bad('⟦algorithm⟧ geo { "10.0.0.0/8" to a }', "LBP2012", /default/);
    bad('algorithm geo { ⟦"10.0.0.1/8"⟧ to a  default to b }', "LBP3016", /write 10\.0\.0\.0\/8/);
    bad('algorithm geo { "10.0.0.0/8" to a  ⟦"10.0.0.0/8"⟧ to b  default to b }', "LBP2013", /already/);
    refused('strategy s { algorithm geo { "10.0.0.0/8" to a  default to b } }\nbackend x { server a 10.0.0.1:80 balance ⟦s⟧ }', "LBP2001", /server of x called b/);
    refused('strategy s { algorithm geo { "10.0.0.0/8" to a  default to b } }\nbackend x { replica capacity 1rps balance ⟦s⟧ }', "LBP2013", /fixed servers/);
    const two = 'strategy s { algorithm geo { default to a } }\nbackend x { server a 10.0.0.1:80 balance s }\nbackend y { server a 10.0.0.1:80 balance s }';
    accepted(two);
    refused(two.replace("backend y { server a 10.0.0.1:80 balance s", "backend y { server z 10.0.0.1:80 balance ⟦s⟧"), "LBP2001", /server of y called a/);
  });

  it("affinity, retry, slow_start", () => {
    const { affinity, retry, slowStartSeconds } = strategy('affinity cookie "SRV" ttl 1h\n  retry 3 on error, timeout, 5xx, 502 unsafe\n  slow_start 30s');
    assert.deepEqual([affinity?.kind === "cookie" ? [affinity.name, affinity.ttlSeconds] : undefined, retry.count, retry.on, retry.unsafe, slowStartSeconds], [["SRV", 3600], 3, ["error", "timeout", "5xx", 502], true, 30]);
    assert.equal(strategy("affinity ip").affinity?.kind, "ip");
    assert.deepEqual([strategy("retry 0").retry.count, strategy("retry 0").retry.on], [0, ["error"]]);
    const turned = strategy("retry 2 unsafe on timeout").retry;
    assert.deepEqual([turned.count, turned.on, turned.unsafe], [2, ["timeout"], true], "options stand in any order");
    bad('affinity cookie ⟦"a b"⟧ ttl 1h', "LBP3016", /cookie/);
    bad('affinity cookie "a"⟦⟧', "LBP1001", /`ttl`/);
    bad('affinity cookie "a" ttl ⟦0s⟧', "LBP3001", /ttl/);
    bad("retry ⟦101⟧", "LBP3001", /0 to 100/);
    bad("retry 1 on ⟦4xx⟧", "LBP3014", /5xx/);
    bad("retry 1 on ⟦200⟧", "LBP3001", /400 to 599/);
    bad("retry 1 on⟦⟧", "LBP1001", /error, timeout, 503/);
    bad("retry 1 on error, error⟦,⟧".replace("error⟦,⟧", "⟦error⟧"), "LBP2013", /twice/);
    bad('algorithm hash header ⟦"a b"⟧', "LBP3016", /header/);
    bad('algorithm hash cookie ⟦"a=b"⟧', "LBP3016", /cookie/);
    bad('algorithm hash query ⟦""⟧', "LBP3016", /query/);
  });

  it("what reads requests goes by address for tcp and udp members, with a warning", () => {
    for (const [lines, words] of [["algorithm hash uri", /hash of the uri.*`ip_hash`/], ['algorithm hash cookie "c"', /hash of the cookie.*`ip_hash`/], ['affinity cookie "c" ttl 1h', /cookie.*`affinity ip`/]] as const) {
      for (const protocol of ["tcp", "udp"]) {
        const text = `strategy s { ${lines} }\nbackend x { ${members} protocol ${protocol} balance ⟦s⟧ }`;
        assert.equal(refused(text, "LBP3022", words).severity, "warning");
        const { policy } = analyze({ file: "a", text: text.replaceAll(/[⟦⟧]/g, "") });
        const used = policy.backends[0]?.strategy;
        assert.deepEqual([used?.algorithm.kind, used?.affinity?.kind], lines.startsWith("affinity") ? ["round_robin", "ip"] : ["ip_hash", undefined]);
        assert.equal(policy.strategies[0]?.affinity?.kind, lines.startsWith("affinity") ? "cookie" : undefined, "the strategy itself stays as it is written");
      }
    }
    accepted(`strategy s { algorithm ip_hash affinity ip }\nbackend x { ${members} protocol tcp balance s }`);
  });
});
