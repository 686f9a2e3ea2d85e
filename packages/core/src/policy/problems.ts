import type { Problem } from "./document.ts";

/** Problems as they are found: the first hundred in full, the others counted. What they quote is cut to a size. */
export class Problems {
  readonly #first: Problem[] = [];
  #more = 0;

  add(path: string, message: string): void {
    if (this.#first.length === MOST_PROBLEMS) this.#more += 1;
    else this.#first.push({ path: cut(path, LONGEST_PATH), message });
  }

  get size(): number {
    return this.#first.length + this.#more;
  }

  list(): readonly Problem[] {
    if (this.#more === 0) return this.#first;
    return [...this.#first, { path: "", message: `and ${this.#more} more problems` }];
  }
}

const MOST_PROBLEMS = 100;
const LONGEST_PATH = 200;
const LONGEST_QUOTE = 60;

/** Text of a document as a message quotes it: the beginning is enough to find it by. */
export function quoted(text: string): string {
  return `\`${cut(text, LONGEST_QUOTE)}\``;
}

function cut(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
