/** Addresses that Kubernetes takes as endpoints: none that is unspecified, loopback, link-local or local multicast. */

export function isUsableIpv4(text: string): boolean {
  const parts = text.split(".").map(Number);
  if (!/^\d+\.\d+\.\d+\.\d+$/.test(text) || parts.some((part) => part > 255)) return false;
  const [a, b, c] = parts;
  return text !== "0.0.0.0" && a !== 127 && !(a === 169 && b === 254) && !(a === 224 && b === 0 && c === 0);
}

export function isUsableIpv6(text: string): boolean {
  return /^[0-9a-fA-F:]*:[0-9a-fA-F:.]*$/.test(text) && !/^[0:]+1?$/.test(text) && !/^(fe[89ab]|ff.2)/i.test(text);
}
