import { z } from "zod";
import { normalise } from "../cities/normalise.ts";

const LONGEST_QUERY = 80;
/** Some single letters spell out into eighteen; the spelled-out form is part of a stored key. */
const LONGEST_NORMALISED_BYTES = 320;
/** Control characters, lone surrogates, and what stands for bytes that were not UTF-8. */
const UNREADABLE = /[\p{Cc}\p{Cs}\uFFFD]/u;

/** What a search is for. */
export interface SearchInput {
  /** Comparable form: letters, digits and single spaces. */
  readonly query: string;
  /** Two upper-case letters that occur in the data set. */
  readonly country: string | undefined;
}

/** A parsed input, or what the caller should change. */
export type ParsedInput = { readonly ok: true; readonly input: SearchInput } | { readonly ok: false; advice: string };

/**
 * Checks what came with a request. The advice never repeats it.
 *
 * @param countries The codes that may be asked for.
 */
export function createInputParser(
  countries: ReadonlyMap<string, string>,
): (q: string | undefined, country: string | undefined) => ParsedInput {
  const schema = z.object({
    query: z
      .string({ error: "Add the name of a city, or its beginning, as the parameter q: /api/search?q=lisbon." })
      .max(LONGEST_QUERY, {
        error: `A search (q) may have up to ${LONGEST_QUERY} characters: shorten it.`,
        abort: true,
      })
      .refine((text) => !UNREADABLE.test(text), {
        error: "A search (q) must be UTF-8 text without control characters: percent-encode it.",
        abort: true,
      })
      .transform(normalise)
      .refine((text) => text !== "", { error: "A search (q) needs at least one letter or digit.", abort: true })
      .refine((text) => Buffer.byteLength(text) <= LONGEST_NORMALISED_BYTES, {
        error: "This search (q) is too long once its letters are spelled out: shorten it.",
      }),
    country: z
      .string()
      .transform((code) => code.toUpperCase())
      .refine((code) => countries.has(code), {
        error:
          "A country must be one of the two-letter codes that /api/countries lists; leave it out for every country.",
      })
      .optional(),
  });
  return (q, country) => {
    const parsed = schema.safeParse({ query: q, country: country || undefined });
    if (!parsed.success) return { ok: false, advice: parsed.error.issues.map((issue) => issue.message).join(" ") };
    return { ok: true, input: { query: parsed.data.query, country: parsed.data.country } };
  };
}
