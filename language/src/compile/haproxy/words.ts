/**
 * The only way in which a text becomes part of an HAProxy configuration: single quotes, inside which HAProxy interprets nothing; where it
 * reads a log format, `%` is doubled first; inside the parentheses of a sample only harmless characters are let through. compile.md §4.
 */
declare const wordBrand: unique symbol;
declare const sampleBrand: unique symbol;

/** A piece of HAProxy configuration that is exactly one word. */
export type HaproxyWord = string & { readonly [wordBrand]: "HAProxy word" };

/** A sample expression, such as `req.hdr(x-user),sha2(256)`. */
export type Sample = string & { readonly [sampleBrand]: "HAProxy sample" };

export function word(text: string): HaproxyWord {
  return quote(text);
}

/** Fixed words of the language, one per part between spaces. */
export function words(text: string): readonly HaproxyWord[] {
  return text.split(" ").map(quote);
}

/** A word in which HAProxy reads a log format: texts stand for themselves, samples for their values. */
export function logFormat(...parts: readonly (string | { readonly sample: Sample })[]): HaproxyWord {
  return quote(parts.map((part) => (typeof part === "string" ? part.replaceAll("%", "%%") : `%[${part.sample}]`)).join(""));
}

/** True for what may stand between the parentheses of a sample without a second level of quotes. */
export function isSampleArgument(text: string): boolean {
  return /^[A-Za-z0-9_.:!#$&*+^|~-]+$/.test(text);
}

/** `fetch(argument)`, with its converters. Arguments that could end the parentheses must have been refused before. */
export function sample(fetch: string, parameters: readonly string[] = [], converters: readonly string[] = []): Sample {
  for (const parameter of parameters) if (!isSampleArgument(parameter)) throw new RangeError(`not the argument of a sample: ${parameter}`);
  const call = parameters.length === 0 ? fetch : `${fetch}(${parameters.join(",")})`;
  return [call, ...converters].join(",") as Sample;
}

const bare = /^[A-Za-z0-9_.:/@,=+*()[\]{}|&~^<>?!%;-]+$/;

function quote(text: string): HaproxyWord {
  const result = bare.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
  return result as HaproxyWord;
}
