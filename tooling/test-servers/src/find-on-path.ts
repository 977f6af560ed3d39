import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** The first of these programs that the PATH holds, as a full path. */
export function findOnPath(...programs: readonly string[]): string | undefined {
  for (const program of programs) {
    for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
      const candidate = join(folder, program);
      try {
        accessSync(candidate, constants.X_OK);
        return candidate;
      } catch {
        // Not in this folder.
      }
    }
  }
  return undefined;
}
