import { SerializationError } from "../errors.ts";

/** For text in superjson's shape whose annotations do not fit its `json`. */
export function malformed(detail = "its annotations do not fit its contents"): SerializationError {
  return new SerializationError(
    `The stored text cannot be read: ${detail}. Delete the key, or read it with the program that wrote it.`,
    "$",
  );
}
