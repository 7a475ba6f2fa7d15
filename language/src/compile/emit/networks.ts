/** IP addresses and networks as numbers, where two spellings of one must be told apart from two. */

/** The eight 16-bit groups of an IPv6 address that was checked before; `::` and a dotted end are written out. */
export function ipv6Groups(address: string): readonly number[] {
  const [head = "", tail] = address.split("::");
  const left = groupsOf(head);
  const right = tail === undefined ? [] : groupsOf(tail);
  return tail === undefined ? left : [...left, ...Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => 0), ...right];
}

function groupsOf(text: string): readonly number[] {
  return text === "" ? [] : text.split(":").flatMap((group) => {
    if (!group.includes(".")) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split(".").map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}

/** One spelling per listening address; `0.0.0.0` is every address of IPv4, like a port alone. */
export function canonicalAddress(address: string | undefined): string {
  if (address === undefined || address === "0.0.0.0") return "*";
  return address.includes(":") ? `[${ipv6Text(ipv6Groups(address))}]` : address;
}

/** The network with the bits behind its prefix cleared: `2001:db8::1/32` → `2001:db8::/32`. IPv4 as it stands, for it was checked. */
export function clearedNetwork(network: string): string {
  const [address = "", prefix] = network.split("/");
  if (!address.includes(":") || prefix === undefined) return network;
  const bits = Number(prefix);
  const groups = ipv6Groups(address).map((group, i) => {
    const kept = Math.min(16, Math.max(0, bits - i * 16));
    return group & (0xffff << (16 - kept)) & 0xffff;
  });
  const isCleared = groups.every((group, i) => group === ipv6Groups(address)[i]);
  return isCleared ? network : `${ipv6Text(groups)}/${prefix}`;
}

/** Lower case, the zeros at the end as `::`. */
function ipv6Text(groups: readonly number[]): string {
  let last = groups.length;
  while (last > 0 && groups[last - 1] === 0) last--;
  const text = groups.slice(0, last).map((group) => group.toString(16)).join(":");
  return last < groups.length - 1 ? `${text}::` : groups.map((group) => group.toString(16)).join(":");
}
