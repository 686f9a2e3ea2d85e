import { Problems, quoted } from "./problems.ts";

/**
 * Finds keys that are written twice in one object: `JSON.parse` keeps the last and says nothing, so a document
 * could show one statement to a reader and another to IAM. Reads text that `JSON.parse` has accepted, in one pass
 * and without recursion. Paths are written like `Statement[0].Action`.
 */
export function duplicateKeys(text: string): Problems {
  const problems = new Problems();
  const open: Frame[] = [];
  let frame: Frame | undefined;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') {
      const end = endOfString(text, at);
      if (frame?.keys !== undefined && frame.expectsKey) {
        const key = unquote(text.slice(at, end + 1));
        if (frame.keys.has(key)) {
          problems.add(pathOf(open, key), `the key ${quoted(key)} is written twice in one object`);
        }
        frame.keys.add(key);
        frame.key = key;
        frame.expectsKey = false;
      }
      at = end;
    } else if (character === "{" || character === "[") {
      frame = { keys: character === "{" ? new Set() : undefined, key: "", index: 0, expectsKey: true };
      open.push(frame);
    } else if (character === "}" || character === "]") {
      open.pop();
      frame = open.at(-1);
    } else if (character === "," && frame !== undefined) {
      frame.expectsKey = true;
      frame.index += 1;
    }
  }
  return problems;
}

interface Frame {
  /** Undefined for an array. */
  readonly keys: Set<string> | undefined;
  key: string;
  index: number;
  expectsKey: boolean;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at;
}

function unquote(written: string): string {
  return written.includes("\\") ? String(JSON.parse(written)) : written.slice(1, -1);
}

/** Of nested objects and lists the outermost ones: nobody reads a path of a hundred thousand steps. */
function pathOf(open: readonly Frame[], key: string): string {
  let path = "";
  for (const frame of open.slice(0, Math.min(open.length - 1, MOST_STEPS))) {
    path += frame.keys === undefined ? `[${frame.index}]` : `${path === "" ? "" : "."}${frame.key}`;
  }
  if (open.length - 1 > MOST_STEPS) path += "…";
  return path === "" ? key : `${path}.${key}`;
}

const MOST_STEPS = 12;
