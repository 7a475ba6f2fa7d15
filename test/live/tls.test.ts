import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { connect as connectHttp2 } from "node:http2";
import { once } from "node:events";
import { connect as connectTls } from "node:tls";
import type { Backend } from "../../language/src/model/policy.ts";
import { makeCertificate } from "../helpers/live-balancer.ts";
import { ask } from "../helpers/live-client.ts";
import { onBoth } from "../helpers/live-stage.ts";
import type { Stage } from "../helpers/live-stage.ts";
import { backend, destination, listener, policy, route, server, service, somewhere } from "../helpers/policy-parts.ts";

function certificateFor(stage: Stage, names: readonly string[]): ReturnType<typeof makeCertificate> {
  const made = makeCertificate(names);
  stage.later(made.remove);
  return made;
}

/** The name in the certificate that answers for this one. */
async function certificateOf(port: number, servername: string): Promise<string> {
  const socket = connectTls({ host: "127.0.0.1", port, servername, rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const name = String(socket.getPeerCertificate().subject.CN);
  socket.destroy();
  return name;
}

onBoth("TLS", (program, stage) => {
  it("redirects to the service's https with 308, path and query kept", async () => {
    const member = await stage.member("a");
    const site = certificateFor(stage, ["shop.example.com"]);
    const { port, second } = await stage.play((plain, secure) => {
      const web = backend("web", [server("a", member.address)]);
      return policy([web], [service("front", [listener(`127.0.0.1:${plain}`), listener(`127.0.0.1:${secure}`, { tls: { kind: "files", ...site } })], { hosts: ["shop.example.com"], to: [destination(web)], redirect: { except: [], origin: somewhere() } })]);
    });
    const answer = await ask({ port, path: "/a%20b?q=1", method: "POST", body: "x", headers: { host: `shop.example.com:${port}` } });
    assert.deepEqual([answer.status, answer.headers.location], [308, `https://shop.example.com:${second}/a%20b?q=1`]);
    assert.equal(member.requests.length, 0);
    const secure = await ask({ port: second, tls: "shop.example.com", headers: { host: "shop.example.com" } });
    assert.deepEqual([secure.backend, member.requests[0]?.headers["x-forwarded-proto"]], ["a", "https"]);
    assert.equal((await ask({ port: second, tls: "shop.example.com", headers: { host: "other.example.com" } })).status, 421);
  });

  it("serves what is excepted from the redirect without TLS", async () => {
    const [web, hook] = [await stage.member("web"), await stage.member("hook")];
    const site = certificateFor(stage, ["shop.example.com"]);
    const { port, second } = await stage.play((plain, secure) => {
      const [toWeb, toHook] = [backend("web", [server("a", web.address)]), backend("hook", [server("a", hook.address)])];
      return policy([toWeb, toHook], [service("front", [listener(`127.0.0.1:${plain}`), listener(`127.0.0.1:${secure}`, { tls: { kind: "files", ...site } })], {
        routes: [route("/", [destination(toWeb)]), route("/.well-known/acme", [destination(toHook)])], redirect: { except: ["/.well-known/"], origin: somewhere() },
      })]);
    });
    assert.equal((await ask({ port, path: "/.well-known/acme/x" })).backend, "hook");
    assert.equal((await ask({ port, path: "/.well-known" })).status, 308);
    assert.equal((await ask({ port, path: "/" })).status, 308);
    assert.equal((await ask({ port: second, tls: "x", path: "/" })).backend, "web");
    assert.equal(hook.requests[0]?.headers["x-forwarded-proto"], "http");
  });

  it("speaks HTTP/2 where the listener says so", async () => {
    const member = await stage.member("a");
    const site = certificateFor(stage, ["shop.example.com"]);
    const { port, second } = await stage.play((modern, old) => {
      const web = backend("web", [server("a", member.address)]);
      const at = (free: number, http2: boolean) => listener(`127.0.0.1:${free}`, { tls: { kind: "files", ...site }, http2 });
      return policy([web], [service("modern", [at(modern, true)], { to: [destination(web)] }), service("old", [at(old, false)], { to: [destination(web)] })]);
    });
    const session = connectHttp2(`https://127.0.0.1:${port}`, { servername: "shop.example.com", rejectUnauthorized: false });
    const stream = session.request({ ":path": "/two", ":authority": "shop.example.com" });
    const [headers] = (await once(stream, "response")) as [{ readonly ":status": number }];
    stream.close();
    session.close();
    assert.equal(headers[":status"], 200);
    assert.deepEqual([member.requests[0]?.url, member.requests[0]?.headers.host], ["/two", "shop.example.com"]);
    const socket = connectTls({ host: "127.0.0.1", port: second, rejectUnauthorized: false, ALPNProtocols: ["h2", "http/1.1"] });
    await once(socket, "secureConnect");
    assert.equal(socket.alpnProtocol, "http/1.1");
    socket.destroy();
  });

  it("shows each service's certificate on a shared port", async () => {
    const member = await stage.member("a");
    const [one, two] = [certificateFor(stage, ["one.example.com"]), certificateFor(stage, ["two.example.com"])];
    const { port } = await stage.play((free) => {
      const web = backend("web", [server("a", member.address)]);
      const at = (site: { readonly certificate: string; readonly key: string }) => [listener(`127.0.0.1:${free}`, { tls: { kind: "files", certificate: site.certificate, key: site.key } })];
      return policy([web], [service("one", at(one), { hosts: ["one.example.com"], to: [destination(web)] }), service("two", at(two), { hosts: ["two.example.com"], to: [destination(web)] })]);
    });
    assert.deepEqual([await certificateOf(port, "one.example.com"), await certificateOf(port, "two.example.com"), await certificateOf(port, "none.example.com")], ["one.example.com", "two.example.com", "one.example.com"]);
    assert.equal((await ask({ port, tls: "two.example.com", headers: { host: "two.example.com" } })).status, 200);
  });

  for (const [title, verify, name, status] of [
    ["takes a member whose certificate proves the name", true, "api.internal", 200],
    ["refuses a member whose certificate proves another name", true, "other.internal", 502],
    ["takes any certificate with verify off", false, "other.internal", 200],
  ] as const) {
    it(title, async () => {
      const site = certificateFor(stage, ["api.internal"]);
      const member = await stage.member("a", { tls: { cert: readFileSync(site.certificate, "utf8"), key: readFileSync(site.key, "utf8") } });
      const { port } = await stage.play((free) => {
        const more: Partial<Backend> = { protocol: "https", tls: { verify, ca: site.certificate, name, origin: somewhere() } };
        const web = backend("web", [server("a", member.address), server("b", member.address)], more);
        return policy([web], [service("front", [listener(`127.0.0.1:${free}`)], { to: [destination(web)] })]);
      });
      const answer = await ask({ port });
      // HAProxy says 503 to a failed handshake, nginx 502
      assert.equal(answer.status === 503 && program === "haproxy" ? 502 : answer.status, status);
      assert.equal(member.requests.length, status === 200 ? 1 : 0);
    });
  }
});
