/** One program in a document. */
export interface CodeBlock {
  /** The document, from the workspace's root. */
  readonly document: string;
  /** The line of the opening fence, from 1. */
  readonly line: number;
  readonly language: "ts" | "js";
  /** `"run"`: compiled and run. `"compile"`: only compiled, for what cannot end by itself or needs an account. */
  readonly mode: "run" | "compile";
  readonly code: string;
}

const FENCE = /^```(\S*)(?:[ \t]+(.*?))?[ \t]*$/;
const LANGUAGES: Readonly<Record<string, "ts" | "js">> = { ts: "ts", typescript: "ts", js: "js", javascript: "js" };

/**
 * Reads the TypeScript and JavaScript blocks of a Markdown document. The word after the language says what a block
 * is: nothing, a program that is run; `compile`, one that is not; `continues`, more of the block before it.
 *
 * @throws {Error} A fence is not closed, its word is unknown, or it continues nothing.
 */
export function readCodeBlocks(document: string, markdown: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  const lines = markdown.split(/\r?\n/);
  for (let index = 0; index < lines.length; index++) {
    const [fence, name = "", word = ""] = FENCE.exec(lines[index] ?? "") ?? [];
    if (fence === undefined) continue;
    const end = lines.indexOf("```", index + 1);
    const at = `${document}:${index + 1}`;
    if (end < 0) throw new Error(`${at}: this fence is not closed`);
    const code = lines.slice(index + 1, end).join("\n");
    const language = LANGUAGES[name];
    if (language) add(blocks, { document, line: index + 1, language, mode: "run", code }, word, at);
    index = end;
  }
  return blocks;
}

function add(blocks: CodeBlock[], block: CodeBlock, word: string, at: string): void {
  if (word === "" || word === "compile") {
    blocks.push({ ...block, mode: word || "run" });
    return;
  }
  if (word !== "continues") throw new Error(`${at}: "${word}" is not known; say nothing, "compile" or "continues"`);
  const before = blocks.pop();
  if (!before) throw new Error(`${at}: there is no block that this one could continue`);
  // Blank lines keep the line numbers of messages those of the document.
  const gap = block.line - before.line - before.code.split("\n").length;
  blocks.push({ ...before, code: before.code + "\n".repeat(Math.max(gap, 0) + 1) + block.code });
}
