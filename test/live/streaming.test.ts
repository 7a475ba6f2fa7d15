import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { get, request } from "node:http";
import { createServer as createHttp2, connect as connectHttp2 } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import { connect, createServer } from "node:net";
import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { on, onBoth } from "../helpers/live-stage.ts";
import type { Stage } from "../helpers/live-stage.ts";
import { backend, destination, listener, oneRetry, policy, server, service, somewhere, strategy } from "../helpers/policy-parts.ts";

/** A tcp member that says its name and echoes. */
async function echo(stage: Stage, name: string): Promise<{ readonly address: string; readonly stop: () => Promise<void> }> {
  const open = new Set<Socket>();
  const tcp = createServer((socket) => {
    open.add(socket);
    socket.on("error", () => undefined);
    socket.write(name);
    socket.pipe(socket);
  }).listen(0, "127.0.0.1");
  await once(tcp, "listening");
  const stop = async (): Promise<void> => {
    for (const socket of open) socket.destroy();
    if (!tcp.listening) return;
    tcp.close();
    await once(tcp, "close");
  };
  stage.later(stop);
  return { address: `127.0.0.1:${(tcp.address() as AddressInfo).port}`, stop };
}

/** The name that the member behind the port says, or what else happened. */
async function greeting(port: number, from = "127.0.0.1"): Promise<string> {
  const socket = connect({ port, host: "127.0.0.1", localAddress: from });
  try {
    const said = await Promise.race([once(socket, "data").then(([data]) => String(data)), once(socket, "close").then(() => "closed")]);
    return said;
  } catch {
    return "refused";
  } finally {
    socket.destroy();
  }
}

/** A connection that stays. The one that saw the program listen may still count for a moment. */
async function held(port: number): Promise<Socket> {
  for (let i = 0; i < 100; i++) {
    const socket = connect(port, "127.0.0.1");
    const [data] = (await once(socket, "data").catch(() => [])) as readonly Buffer[];
    if (data !== undefined) return socket.on("error", () => undefined);
    socket.destroy();
    await delay(10);
  }
  throw new Error("no connection is taken");
}

onBoth("streaming", (_program, stage) => {
  it("passes chunks on one by one", async () => {
    const member = await stage.member("a");
    let answer: ServerResponse | undefined;
    member.answer = (_request, response) => {
      answer = response.writeHead(200, { "content-type": "text/event-stream" });
      answer.write("data: 0\n\n");
    };
    const { port } = await stage.play((free) => {
      const web = backend("web", [server("a", member.address)], { stream: true });
      return policy([web], [service("front", [listener(`127.0.0.1:${free}`)], { to: [destination(web)], compress: true })]);
    });
    const asking = get({ port, host: "127.0.0.1", headers: { "accept-encoding": "gzip" } });
    const [response] = (await once(asking, "response")) as [IncomingMessage];
    const waits: number[] = [];
    let sent = 0;
    let at = performance.now();
    // the next is sent when the one before has come: a chunk that is kept back would never come
    for await (const chunk of response) {
      assert.equal(String(chunk), `data: ${sent}\n\n`);
      waits.push(performance.now() - at);
      at = performance.now();
      if (++sent < 20) answer?.write(`data: ${sent}\n\n`);
      else answer?.end();
    }
    assert.equal(sent, 20);
    // HAProxy would keep each back for up to 200 ms to send more at once
    const typical = [...waits].sort((a, b) => a - b)[10] ?? Infinity;
    assert.ok(typical < 150, waits.map(Math.round).join(" "));
  });

  it("lets a WebSocket through", async () => {
    const member = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", (head) => {
        assert.match(String(head), /^connection: upgrade\r$/im);
        socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
        socket.pipe(socket);
      });
    }).listen(0, "127.0.0.1");
    await once(member, "listening");
    stage.later(() => void member.close());
    const { port } = await stage.play((free) => {
      const web = backend("web", [server("a", `127.0.0.1:${(member.address() as AddressInfo).port}`)]);
      return policy([web], [service("front", [listener(`127.0.0.1:${free}`)], { to: [destination(web)] })]);
    });
    const asking = request({ port, host: "127.0.0.1", headers: { connection: "Upgrade", upgrade: "websocket", "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==", "sec-websocket-version": "13" } });
    asking.on("response", (response) => asking.destroy(new Error(`status ${response.statusCode}`)));
    asking.end();
    const [, socket] = (await once(asking, "upgrade")) as [IncomingMessage, Socket];
    socket.write("ping");
    const [data] = (await once(socket, "data")) as [Buffer];
    socket.destroy();
    assert.equal(String(data), "ping");
  });

  it("speaks gRPC's HTTP/2 to members", async () => {
    const member = createHttp2();
    member.on("stream", (stream, headers) => {
      stream.respond({ ":status": 200, "content-type": "application/grpc", "x-path": String(headers[":path"]) }, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
      stream.end("answer");
    });
    member.listen(0, "127.0.0.1");
    await once(member, "listening");
    stage.later(() => void member.close());
    const { port } = await stage.play((free) => {
      const web = backend("web", [server("a", `127.0.0.1:${(member.address() as AddressInfo).port}`)], { protocol: "grpc" });
      return policy([web], [service("front", [listener(`127.0.0.1:${free}`, { http2: true })], { to: [destination(web)] })]);
    });
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    const stream = session.request({ ":path": "/shop.Shop/Buy", ":method": "POST", "content-type": "application/grpc", te: "trailers" });
    stream.end("question");
    const trailers = once(stream, "trailers");
    const [headers] = (await once(stream, "response")) as [Readonly<Record<string, string>>];
    let body = "";
    stream.on("data", (chunk: Buffer) => (body += String(chunk)));
    const [last] = (await trailers) as [Readonly<Record<string, string>>];
    session.destroy();
    assert.deepEqual([headers["x-path"], body, last["grpc-status"]], ["/shop.Shop/Buy", "answer", "0"]);
  });

  it("balances tcp, with a backup and without an error when a member goes", async () => {
    const [a, b, spare] = [await echo(stage, "a"), await echo(stage, "b"), await echo(stage, "spare")];
    const { port } = await stage.play((free) => {
      const db = backend("db", [server("a", a.address), server("b", b.address), server("spare", spare.address, { backup: true })], {
        protocol: "tcp", strategy: strategy({ algorithm: { kind: "least_connections" }, retry: { ...oneRetry, count: 2 } }), passiveHealth: { fall: 1, seconds: 60 },
      });
      return policy([db], [service("db", [listener(`127.0.0.1:${free}`)], { to: [destination(db)] })]);
    });
    const greetings = async (count: number): Promise<readonly string[]> => {
      const all: string[] = [];
      for (let i = 0; i < count; i++) all.push(await greeting(port));
      return [...new Set(all)].sort();
    };
    assert.deepEqual(await greetings(10), ["a", "b"]);
    await a.stop();
    assert.deepEqual(await greetings(10), ["b"]);
    await b.stop();
    assert.deepEqual(await greetings(5), ["spare"]);
  });

  it("limits tcp connections", async () => {
    const a = await echo(stage, "a");
    const { port } = await stage.play((free) => {
      const db = backend("db", [server("a", a.address)], { protocol: "tcp" });
      return policy([db], [service("db", [listener(`127.0.0.1:${free}`)], { to: [destination(db)], limits: [{ kind: "connections", count: 2, by: { kind: "client_ip" }, status: 429, origin: somewhere() }] })]);
    });
    const open = [await held(port), await held(port)];
    assert.notEqual(await greeting(port), "a");
    assert.equal(await greeting(port, "127.0.0.2"), "a");
    for (const socket of open) socket.destroy();
    let again = "closed";
    for (let i = 0; i < 1000 && again !== "a"; i++) {
      again = await greeting(port);
      await delay(10);
    }
    assert.equal(again, "a");
  });
});

on("nginx", "udp", (_program, stage) => {
  it("balances datagrams", async () => {
    const members = await Promise.all(["a", "b"].map(async (name) => {
      const socket = createSocket("udp4");
      socket.on("message", (_message, from) => socket.send(name, from.port, from.address));
      socket.bind(0, "127.0.0.1");
      await once(socket, "listening");
      stage.later(() => void socket.close());
      return socket.address().port;
    }));
    const member = await stage.member("probe");
    const { second } = await stage.play((free, udp) => {
      const dns = backend("dns", members.map((port, i) => server(`s${i}`, `127.0.0.1:${port}`)), { protocol: "udp" });
      const web = backend("web", [server("a", member.address)]);
      return policy([dns, web], [service("dns", [listener(`127.0.0.1:${udp}`)], { to: [destination(dns)] }), service("web", [listener(`127.0.0.1:${free}`)], { to: [destination(web)] })]);
    });
    const answers: string[] = [];
    for (let i = 0; i < 10; i++) {
      const client = createSocket("udp4");
      client.send("?", second, "127.0.0.1");
      const [data] = (await once(client, "message")) as [Buffer];
      answers.push(String(data));
      client.close();
    }
    assert.deepEqual([...new Set(answers)].sort(), ["a", "b"]);
  });
});
