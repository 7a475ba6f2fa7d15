/** Hash functions of the balancers, on bytes, in unsigned 32-bit arithmetic. */

/** UTF-8, which is what a request carries. */
export function utf8(text: string): readonly number[] {
  const bytes: number[] = [];
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    if (point < 0x80) bytes.push(point);
    else if (point < 0x800) bytes.push(0xc0 | (point >> 6), 0x80 | (point & 63));
    else if (point < 0x10000) bytes.push(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
    else bytes.push(0xf0 | (point >> 18), 0x80 | ((point >> 12) & 63), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
  }
  return bytes;
}

/** CRC-32 (IEEE 802.3). `state` is the result over what came before. */
export function crc32(bytes: readonly number[], state = 0): number {
  let crc = ~state;
  for (const byte of bytes) crc = (crcTable[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return ~crc >>> 0;
}

const crcTable = Int32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

/** hash·65599 + byte. */
export function sdbm(bytes: readonly number[]): number {
  let hash = 0;
  for (const byte of bytes) hash = (byte + (hash << 6) + (hash << 16) - hash) | 0;
  return hash >>> 0;
}

/** hash·33 + byte, from 5381. */
export function djb2(bytes: readonly number[]): number {
  let hash = 5381;
  for (const byte of bytes) hash = ((hash << 5) + hash + byte) | 0;
  return hash >>> 0;
}

/** Bob Jenkins' 32-bit integer avalanche, spread by a prime near ¾ of the range: HAProxy's `avalanche`, and the key of its ring's points. */
export function avalanche(value: number): number {
  let a = value | 0;
  a = (a + 0x7ed55d16 + (a << 12)) | 0;
  a = a ^ 0xc761c23c ^ (a >>> 19);
  a = (a + 0x165667b1 + (a << 5)) | 0;
  a = (a + 0xd3a2646c) ^ (a << 9);
  a = (a + 0xfd7046c5 + (a << 3)) | 0;
  a = a ^ 0xb55a4f09 ^ (a >>> 16);
  return Math.imul(a, 3221225473) >>> 0;
}

/** `of`, remembered by its text; a run asks for the same clients and paths again and again. */
export function remembered(of: (text: string) => number): (text: string) => number {
  const known = new Map<string, number>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    if (known.size >= 100_000) known.clear();
    const value = of(text);
    known.set(text, value);
    return value;
  };
}
