/**
 * Hostile texts on the running programs: each comes back byte for byte, or is refused with its place. Many in one policy, for a program's start
 * costs more than a request. compile.md §4.
 */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { analyze } from "../../language/src/index.ts";
import type { Analysis } from "../../language/src/index.ts";
import { drawnTexts, hostileTokens, thoughtUp } from "../helpers/hostile-texts.ts";
import { makeCertificate } from "../helpers/live-balancer.ts";
import { ask } from "../helpers/live-client.ts";
import { on, onBoth } from "../helpers/live-stage.ts";
import { stringText } from "../helpers/policy-text.ts";
import { makeFolder } from "../helpers/run-cli.ts";

/** UTF-8 as Node shows header bytes. */
const bytes = (text: string): string => Buffer.from(text, "utf8").toString("latin1");

const policy = (text: string): Analysis => {
  const analysis = analyze({ file: "policy.lbpolicy", text });
  assert.deepEqual(analysis.diagnostics.filter((diagnostic) => diagnostic.severity === "error").map((diagnostic) => `${diagnostic.message} ${text.slice(diagnostic.range.start, diagnostic.range.end)}`), []);
  return analysis;
};

/** Parts of a list, none longer than `most`. */
function portions<T>(items: readonly T[], most: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / most) }, (_, i) => items.slice(i * most, (i + 1) * most));
}

const fields = [...thoughtUp.filter((text) => text === text.trim()), ...drawnTexts(420, 5)];
const paths = [...new Set([...thoughtUp, ...drawnTexts(320, 6)])].map((text) => `/${text}`);

onBoth("hostile texts", (program, stage) => {
  it(`come back byte for byte as ${fields.length} values of headers in each direction`, async () => {
    const member = await stage.member("a");
    // a head has its limit: 40 values for each host
    const hosts = portions(fields, 40);
    const { port } = await stage.playAnalysis((free) => policy(`
      backend web { server a ${member.address} }
      ${hosts.map((values, h) => `service s${h} { listen 127.0.0.1:${free} host "h${h}.test" to web
        ${values.map((value, i) => `header request set "X-Q${i}" ${stringText(value)} header response set "X-R${i}" ${stringText(value)}`).join("\n")} }`).join("\n")}`));
    for (const [h, values] of hosts.entries()) {
      const answer = await ask({ port, headers: { host: `h${h}.test` } });
      const seen = member.requests.at(-1)?.headers ?? {};
      for (const [i, value] of values.entries()) {
        assert.equal(seen[`x-q${i}`], bytes(value), `request: ${value}`);
        assert.equal(answer.headers[`x-r${i}`], bytes(value), `answer: ${value}`);
      }
    }
  });

  it(`match as ${paths.length} paths, alone and as the beginning of one`, async () => {
    const [hit, miss] = [await stage.member("hit"), await stage.member("miss")];
    const { port } = await stage.playAnalysis((free) => policy(`
      backend hit { server a ${hit.address} } backend miss { server a ${miss.address} }
      service exact { listen 127.0.0.1:${free} host "exact.test"
        ${paths.map((path) => `route ${stringText(path)} exact to hit`).join("\n")}
        route "/" to miss }
      service prefix { listen 127.0.0.1:${free} host "prefix.test"
        ${paths.map((path) => `route ${stringText(`/p${path}`)} to hit`).join("\n")}
        route "/" to miss }`));
    for (const path of paths) {
      const encoded = path.split("/").map(encodeURIComponent).join("/");
      const at = async (host: string, asked: string): Promise<string> => (await ask({ port, path: asked, headers: { host } })).backend;
      assert.deepEqual([await at("exact.test", encoded), await at("prefix.test", `/p${encoded}/more`)], ["hit", "hit"], path);
      if (!paths.includes(`${path}_`)) assert.equal(await at("exact.test", `${encoded}_`), "miss", path);
    }
    assert.equal(hit.requests.length, 2 * paths.length);
  }).timeout(60_000);

  it(`match as ${fields.length} values of a route's header, by case and as a whole`, async () => {
    const [hit, miss] = [await stage.member("hit"), await stage.member("miss")];
    const { port } = await stage.playAnalysis((free) => policy(`
      backend hit { server a ${hit.address} } backend miss { server a ${miss.address} }
      service front { listen 127.0.0.1:${free}
        ${fields.map((value, i) => `route "/h${i}/" header "X-H" ${stringText(value)} to hit`).join("\n")}
        route "/" to miss }`));
    for (const [i, value] of fields.entries()) {
      const at = async (given: string): Promise<string> => (await ask({ port, path: `/h${i}/`, headers: { "x-h": bytes(given) } })).backend;
      assert.deepEqual([await at(value), await at(`${value}y`)], ["hit", "miss"], value);
    }
  }).timeout(60_000);

  it("are names of headers, cookies, limits and hash keys, or are refused", async () => {
    const member = await stage.member("a");
    const usable = (text: string): boolean => !analyze({ file: "p.lbpolicy", text }).diagnostics.some((diagnostic) => diagnostic.severity === "error");
    const part = (i: number, token: string, of: "header" | "limit" | "affinity" | "hash cookie" | "hash header" | "hash query"): string => {
      const own = of === "header" ? `header request set ${stringText(token)} "set-${i}" header response set ${stringText(token)} "sent-${i}"` : of === "limit" ? `limit 1/d burst 1 nodelay by header ${stringText(token)}` : "";
      const strategy = of === "affinity" ? `affinity cookie ${stringText(token)} ttl 1h` : of.startsWith("hash") ? `algorithm ${of} ${stringText(token)} consistent` : "";
      return `backend b${i} { balance t${i} server a ${member.address} server b ${member.address} } strategy t${i} { ${strategy} } service s${i} { listen 127.0.0.1:PORT host "h${i}.test" to b${i} ${own} }`;
    };
    const wanted = (["header", "limit", "affinity", "hash cookie", "hash header", "hash query"] as const)
      .flatMap((of) => hostileTokens.map((token) => ({ of, token })))
      // the program's own headers are no names for this test
      .filter(({ of, token }, i) => usable(`${part(i, token, of).replace("PORT", "80")} target ${program} { }`));
    assert.ok(wanted.filter(({ of }) => of === "header").length === hostileTokens.length, "every token is the name of a header");
    const { port } = await stage.playAnalysis((free) => policy(wanted.map(({ of, token }, i) => part(i, token, of).replace("PORT", String(free))).join("\n") + ` target ${program} { }`));
    for (const [i, { of, token }] of wanted.entries()) {
      const answer = await ask({ port, headers: { host: `h${i}.test` } });
      assert.equal(answer.status, 200, `${of} ${token}`);
      if (of === "header") assert.deepEqual([member.requests.at(-1)?.headers[token.toLowerCase()], answer.headers[token.toLowerCase()]], [`set-${i}`, `sent-${i}`], token);
      if (of === "affinity") assert.ok(String(answer.headers["set-cookie"]?.[0]).startsWith(`${token}=`), `${token}: ${String(answer.headers["set-cookie"]?.[0])}`);
      if (of !== "limit") continue;
      const statuses: number[] = [];
      for (const key of ["one", "one", "one", "two"]) statuses.push((await ask({ port, headers: { host: `h${i}.test`, [token]: key } })).status);
      assert.deepEqual(statuses, [200, 200, 429, 200], `limit by ${token}`);
    }
  }).timeout(60_000);

  it("are paths of certificates, or are refused", async () => {
    const member = await stage.member("a");
    const site = makeCertificate(["shop.test"]);
    stage.later(site.remove);
    const folder = makeFolder();
    stage.later(folder.remove);
    const names = [...thoughtUp, ...drawnTexts(20, 7)].filter((text) => !text.includes("/") && Buffer.byteLength(text) < 200);
    const files = names.map((name, i) => ({ certificate: join(folder.path, String(i), `${name}.crt`), key: join(folder.path, String(i), `${name}.key`) }));
    const text = (certificate: string, key: string): string => `tls certificate ${stringText(certificate)} key ${stringText(key)}`;
    const fine = files.filter(({ certificate, key }) => !analyze({ file: "p", text: `backend web { server a ${member.address} } service s { listen 80 ${text(certificate, key)} to web } target ${program} { }` }).diagnostics.some((one) => one.severity === "error"));
    assert.ok(fine.length > 40 && fine.every(({ certificate }) => !certificate.includes("$")), String(fine.length));
    for (const { certificate, key } of fine) {
      mkdirSync(dirname(certificate), { recursive: true });
      writeFileSync(certificate, readFileSync(site.certificate));
      writeFileSync(key, readFileSync(site.key));
    }
    for (const some of portions(fine, 25)) {
      const { port } = await stage.playAnalysis((free) => policy(`backend web { server a ${member.address} } ${some.map(({ certificate, key }, i) => `service s${i} { listen 127.0.0.1:${free} ${text(certificate, key)} host "h${i}.test" to web }`).join("\n")} target ${program} { }`));
      assert.equal((await ask({ port, tls: "h0.test", headers: { host: "h0.test" } })).backend, "a");
    }
  }).timeout(60_000);

  it("are excepted from a redirect as they are written", async () => {
    const member = await stage.member("a");
    const site = makeCertificate(["shop.test"]);
    stage.later(site.remove);
    const some = paths.slice(0, 160);
    const { port } = await stage.playAnalysis((free, secure) => policy(`backend web { server a ${member.address} } service s { listen 127.0.0.1:${free} listen 127.0.0.1:${secure} tls certificate ${stringText(site.certificate)} key ${stringText(site.key)}
      redirect https except ${some.map((path) => stringText(`/e${path}`)).join(" ")} to web }`));
    for (const path of some) {
      const encoded = path.split("/").map(encodeURIComponent).join("/");
      assert.equal((await ask({ port, path: `/e${encoded}`, headers: { host: "shop.test" } })).status, 200, path);
    }
    assert.equal((await ask({ port, path: "/e_", headers: { host: "shop.test" } })).status, 308);
  });
});

on("haproxy", "hostile texts in health checks", (_program, stage) => {
  it("are asked for as they are written, or refused at their place", async () => {
    const member = await stage.member("a");
    const checks = [...thoughtUp, ...drawnTexts(100, 8)].flatMap((text) => [{ path: `/${text}`, host: "h" }, { path: "/h", host: text }]);
    const one = ({ path, host }: { readonly path: string; readonly host: string }, name: string): string => `backend ${name} { server a ${member.address} health http ${stringText(path)} host ${stringText(host)} every 300ms timeout 5s }`;
    const usable = checks.filter((check) => {
      const source = one(check, "web");
      const errors = analyze({ file: "p", text: `${source} target haproxy { }` }).diagnostics.filter((diagnostic) => diagnostic.severity === "error");
      assert.ok(errors.every((error) => error.range.start >= source.indexOf("health") && error.range.end <= source.length), source);
      return errors.length === 0;
    });
    assert.ok(usable.length > 60, String(usable.length));
    await stage.playAnalysis((free) => policy(`${usable.map((check, i) => one(check, `b${i}`)).join("\n")} service s { listen 127.0.0.1:${free} to b0 } target haproxy { }`));
    const wanted = new Set(usable.map(({ path, host }) => `${path} ${bytes(host)}`));
    for (let i = 0; i < 500 && wanted.size > 0; i++) {
      for (const { url, headers } of member.requests.splice(0)) wanted.delete(`${url} ${headers.host ?? ""}`);
      await delay(20);
    }
    assert.deepEqual([...wanted], []);
  }).timeout(30_000);
});
