/** Addresses of members as HAProxy writes them. */
import type { Address } from "../../model/policy.ts";
import { addressText } from "../../model/policy.ts";
import type { HaproxyWord } from "./words.ts";
import { word } from "./words.ts";

/** `unix@/run/app.sock`, else as the policy writes it. */
export function serverAddress(address: Address): HaproxyWord {
  return word(address.kind === "unix" ? `unix@${address.path}` : addressText(address));
}
