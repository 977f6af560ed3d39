/** Letters that Unicode does not take apart into a base letter and a mark. */
const PLAIN_FORMS: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  ł: "l",
  đ: "d",
  ð: "d",
  þ: "th",
  ħ: "h",
  ŧ: "t",
  ı: "i",
  ə: "e",
};
const WITHOUT_DECOMPOSITION = /[ßæœøłđðþħŧıə]/g;
const MARKS = /\p{M}+/gu;
/** Joined to what surrounds them: "St. John's" is typed "st johns". */
const SILENT = /[.'’‘ʼʻ`"”“]+/g;
const SEPARATORS = /[^\p{L}\p{N}]+/gu;

/**
 * The form in which names and queries are compared: lower case, no accents, words separated by one space.
 *
 * @returns Letters, digits and single spaces; empty if the text has no letter and no digit.
 */
export function normalise(text: string): string {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replace(MARKS, "")
    .replace(WITHOUT_DECOMPOSITION, (letter) => PLAIN_FORMS[letter] ?? letter)
    .replace(SILENT, "")
    .replace(SEPARATORS, " ")
    .trim();
}
