/** Strict addresses: what both balancers would take and mean otherwise (`010.0.0.1`, `127.1`, no port) is refused with the reason. */
import type { Address } from "./policy.ts";

export type AddressReading = { readonly address: Address } | { readonly reason: string };

export function readAddress(text: string): AddressReading {
  const plain = plainAddress(text);
  if (plain !== undefined) return plain;
  if (text.startsWith("unix:")) {
    const path = text.slice(5);
    return path.startsWith("/") ? { address: { kind: "unix", path } } : { reason: "a unix socket is an absolute path such as unix:/run/app.sock" };
  }
  const colon = text.lastIndexOf(":");
  if (text.startsWith("[")) return bracketed(text);
  if (colon < 0) return { reason: "a port is missing, such as :8080" };
  const host = text.slice(0, colon);
  if (host.includes(":")) return { reason: "an IPv6 address is written in brackets, such as [2001:db8::1]:80" };
  const port = readPort(text.slice(colon + 1));
  if (typeof port === "string") return { reason: port };
  if (/^[\d.]+$/.test(host)) {
    const reason = ipv4Problem(host);
    return reason === undefined ? { address: { kind: "ipv4", host, port } } : { reason };
  }
  const reason = hostProblem(host);
  return reason === undefined ? { address: { kind: "host", host, port } } : { reason };
}

const plainAddressPattern = /^(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}:(?=[1-9])(\d{1,5})$/;

/** Four decimal parts and a port, nothing wrong with them: nearly every address. */
function plainAddress(text: string): AddressReading | undefined {
  const port = Number(plainAddressPattern.exec(text)?.[1] ?? 0);
  return port === 0 || port > 65_535 ? undefined : { address: { kind: "ipv4", host: text.slice(0, text.lastIndexOf(":")), port } };
}

function bracketed(text: string): AddressReading {
  const match = /^\[([^\]]*)\](?::(\d*))?$/.exec(text);
  const host = match?.[1] ?? "";
  if (host.includes("%")) return { reason: "an IPv6 zone is refused by nginx and HAProxy, leave it out" };
  if (!isIpv6(host)) return { reason: "there is no IPv6 address in the brackets" };
  if (match?.[2] === undefined) return { reason: "a port is missing, such as ]:8080" };
  const port = readPort(match[2]);
  return typeof port === "string" ? { reason: port } : { address: { kind: "ipv6", host, port } };
}

/** The port, or why it is none. */
export function readPort(text: string): number | string {
  if (text === "") return "the port is missing";
  if (!/^\d+$/.test(text)) return "a port is digits";
  if (text.length > 1 && text.startsWith("0")) return "a port has no leading zero";
  const port = Number(text);
  return port >= 1 && port <= 65_535 ? port : "a port is 1 to 65535";
}

export function ipv4Problem(host: string): string | undefined {
  const parts = host.split(".");
  if (parts.length !== 4) return `an IPv4 address has four parts, this has ${parts.length}`;
  for (const part of parts) {
    if (!/^\d+$/.test(part)) return "each part of an IPv4 address is a number";
    if (part.length > 1 && part.startsWith("0")) return `${part} has a leading zero, which some programs read as octal`;
    if (Number(part) > 255) return `${part} is greater than 255`;
  }
  return undefined;
}

export function isIpv6(host: string): boolean {
  const halves = host.split("::");
  if (halves.length > 2) return false;
  const groups = (half: string): readonly string[] => (half === "" ? [] : half.split(":"));
  const all = [...groups(halves[0] ?? ""), ...groups(halves[1] ?? "")];
  const last = all.at(-1);
  const embedded = last !== undefined && last.includes(".");
  if (embedded && ipv4Problem(last) !== undefined) return false;
  const hex = embedded ? all.slice(0, -1) : all;
  if (!hex.every((group) => /^[0-9A-Fa-f]{1,4}$/.test(group))) return false;
  const count = hex.length + (embedded ? 2 : 0);
  return halves.length === 2 ? count < 8 : count === 8;
}

export function hostProblem(host: string): string | undefined {
  if (host.length > 253) return "a host name has at most 253 characters";
  if (!/[A-Za-z]/.test(host)) return "a host name has at least one letter";
  // `0x7f000001`, `0x7f.1`: the system's resolver reads these as IPv4 addresses.
  if (host.split(".").every((label) => /^(?:\d+|0[xX][0-9A-Fa-f]*)$/.test(label))) return "programs read it as an IPv4 address in hexadecimal, write that as four decimal parts";
  for (const label of host.split(".")) {
    if (label === "") return "a host name has no empty label";
    if (label.length > 63) return `the label ${label.slice(0, 12)}… is longer than 63 characters`;
    if (!/^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/.test(label)) return `${label} is no label of letters, digits and -`;
  }
  return undefined;
}

/** `10.0.0.0/8`, `2001:db8::/32`, or an address alone; why it is none otherwise. Host bits must be zero. */
export function networkProblem(text: string): string | undefined {
  const reading = readNetwork(text);
  if (reading === undefined) return undefined;
  return "nearest" in reading ? `the address has bits behind /${text.split("/")[1]}, write ${reading.nearest}` : reading.reason;
}

/** The network that an address with bits behind its prefix lies in; undefined for everything else. */
export function networkAround(text: string): string | undefined {
  const reading = readNetwork(text);
  return reading !== undefined && "nearest" in reading ? reading.nearest : undefined;
}

function readNetwork(text: string): { readonly reason: string } | { readonly nearest: string } | undefined {
  const [host = "", prefix, ...rest] = text.split("/");
  if (rest.length > 0) return { reason: "a network is ADDRESS/BITS" };
  const six = host.includes(":");
  if (six ? !isIpv6(host) : ipv4Problem(host) !== undefined) return { reason: six ? "there is no IPv6 address before the /" : (ipv4Problem(host) ?? "") };
  if (prefix === undefined) return undefined;
  if (!/^(?:0|[1-9]\d*)$/.test(prefix) || Number(prefix) > (six ? 128 : 32)) return { reason: `the bits behind / are 0 to ${six ? 128 : 32}` };
  const groups = six ? ipv6Groups(host) : host.split(".").map(Number);
  const width = six ? 16 : 8;
  const base = groups.map((group, index) => {
    const kept = Math.max(0, Math.min(width, Number(prefix) - index * width));
    return group - (group % 2 ** (width - kept));
  });
  if (base.every((group, index) => group === groups[index])) return undefined;
  return { nearest: `${six ? ipv6Text(base) : base.join(".")}/${prefix}` };
}

/** The eight groups of an IPv6 address. */
function ipv6Groups(host: string): readonly number[] {
  const [head = "", tail] = host.split("::");
  const read = (half: string): readonly number[] => half.split(":").filter((group) => group !== "").flatMap((group) => {
    if (!group.includes(".")) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split(".").map(Number);
    return [a * 256 + b, c * 256 + d];
  });
  const before = read(head);
  const after = tail === undefined ? [] : read(tail);
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after];
}

/** The longest run of zeros as `::`. */
function ipv6Text(groups: readonly number[]): string {
  let best = { start: 0, length: 0 };
  groups.forEach((_, start) => {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  });
  const text = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(":");
  return best.length < 2 ? text(groups) : `${text(groups.slice(0, best.start))}::${text(groups.slice(best.start + best.length))}`;
}
