/** A name server for tests: one name, addresses that the test changes. */
import { createSocket } from "node:dgram";
import { once } from "node:events";

export interface NameServer {
  readonly port: number;
  /** IPv4 addresses of every name that is asked for. */
  addresses: readonly string[];
  readonly stop: () => void;
}

export async function startNameServer(addresses: readonly string[]): Promise<NameServer> {
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const server: NameServer = { port: socket.address().port, addresses, stop: () => void socket.close() };
  socket.on("message", (query, from) => socket.send(answer(query, server.addresses), from.port, from.address));
  return server;
}

/** RFC 1035 §4: the question again and an A record per address; of other types none. */
function answer(query: Buffer, addresses: readonly string[]): Buffer {
  let end = 12;
  while ((query[end] ?? 0) !== 0) end += (query[end] ?? 0) + 1;
  const question = query.subarray(12, end + 5);
  const isAddress = query.readUInt16BE(end + 1) === 1;
  const records = isAddress ? addresses.map((address) => Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, ...address.split(".").map(Number)])) : [];
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8580, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  return Buffer.concat([header, question, ...records]);
}
