/** Names and labels as Kubernetes takes them. */

/** Most names and label values have at most this many characters (RFC 1123 label). */
export const longestName = 63;
/** A CronJob's name leaves 11 characters for the Jobs it makes. */
export const longestCronJobName = 52;

/** Lower case, `_` as `-`; what is longer than `longest` is cut and ends in six digits that stand for the whole. */
export function kubernetesName(name: string, longest: number = longestName): string {
  const plain = name.toLowerCase().replaceAll("_", "-");
  if (plain.length <= longest) return plain;
  return `${plain.slice(0, longest - 7).replace(/-+$/, "")}-${sixDigits(plain)}`;
}

/** RFC 1035 label: what a Service is named. */
export function isServiceName(name: string): boolean {
  return name.length <= 63 && /^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name);
}

/** RFC 1123 label: containers, namespaces, volumes. */
export function isLabelName(name: string): boolean {
  return name.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name);
}

/** RFC 1123 subdomain: most objects. */
export function isObjectName(name: string): boolean {
  return name.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name);
}

/** IANA service name: ports of containers and Services. */
export function isPortName(name: string): boolean {
  return name.length <= 15 && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) && /[a-z]/.test(name);
}

/** `app.kubernetes.io/name`: an optional DNS prefix, then at most 63 characters. */
export function isLabelKey(key: string): boolean {
  const parts = key.split("/");
  if (parts.length > 2) return false;
  const name = parts.at(-1) ?? "";
  if (parts.length === 2 && !isObjectName(parts[0] ?? "")) return false;
  return name.length <= 63 && /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/.test(name);
}

export function isLabelValue(value: string): boolean {
  return value.length <= 63 && /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/.test(value);
}

/** Names of metrics and of objects that metrics describe become a segment of a URL's path. */
export function isPathSegment(name: string): boolean {
  return name !== "" && name !== "." && name !== ".." && !/[/%]/.test(name);
}

/** Six hexadecimal digits of the 32-bit FNV-1a hash of the UTF-16 units. */
export function sixDigits(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash ^= text.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, "0").slice(0, 6);
}
