/** Client addresses as bytes. */

/** 4 bytes of an IPv4 address, 16 of an IPv6 address (`::` and a dotted tail allowed); empty where the text is neither. */
export function addressBytes(address: string): readonly number[] {
  if (!address.includes(":")) return dottedBytes(address);
  const [head = "", tail] = address.split("::");
  const front = groupBytes(head);
  if (tail === undefined) return front.length === 16 ? front : [];
  const back = groupBytes(tail);
  const missing = 16 - front.length - back.length;
  return missing < 0 ? [] : [...front, ...Array.from({ length: missing }, () => 0), ...back];
}

function dottedBytes(text: string): readonly number[] {
  const parts = text.split(".").map(Number);
  return parts.length === 4 && parts.every((part) => Number.isInteger(part) && part >= 0 && part <= 255) ? parts : [];
}

function groupBytes(text: string): readonly number[] {
  if (text === "") return [];
  return text.split(":").flatMap((group) => {
    if (group.includes(".")) return dottedBytes(group);
    const value = Number.parseInt(group, 16);
    return [(value >> 8) & 255, value & 255];
  });
}
