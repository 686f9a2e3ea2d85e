import { foldAscii, globMatches, hasWildcard } from "../glob.ts";
import type { Steps } from "./steps.ts";

/** The texts that a value of a text operator matches. */
export interface TextPattern {
  /** Its literal `*` and `?` are written by `literal`. */
  readonly glob: string;
  readonly ignoreCase: boolean;
  /** ARNs are compared segment by segment: no wildcard of the first five matches a colon. */
  readonly isArn: boolean;
}

/** A text as a glob that matches it alone. */
export function literal(text: string): string {
  return text.replace(/[*?]/g, (wildcard) => String.fromCharCode(LITERALS + wildcard.charCodeAt(0)));
}

/** Private use: no value of a condition key has such characters. */
const LITERALS = 0xf000;
const FRESH = "\uf8ff";

/** Whether a text, written by `literal`, matches. */
export function matches({ glob, ignoreCase, isArn }: TextPattern, text: string): boolean {
  if (isArn) return matchesArn(glob, text);
  return ignoreCase ? globMatches(foldAscii(glob), foldAscii(text)) : globMatches(glob, text);
}

function matchesArn(glob: string, text: string): boolean {
  const patterns = arnSegments(glob);
  const segments = arnSegments(text);
  if (patterns === undefined || segments === undefined) return false;
  return patterns.every((pattern, at) => globMatches(pattern, segments[at] ?? ""));
}

/** The six parts of an ARN, the last with its colons; `undefined` for what has fewer. */
function arnSegments(arn: string): readonly string[] | undefined {
  const segments = arn.split(":");
  return segments.length < 6 ? undefined : [...segments.slice(0, 5), segments.slice(5).join(":")];
}

/**
 * Texts among those that one of `among` (globs) matches: for each set of the patterns that some text matches together,
 * and no other, one that does. `undefined` where the steps are used up.
 */
export function exampleTexts(
  among: readonly string[],
  patterns: readonly TextPattern[],
  steps: Steps,
): readonly string[] | undefined {
  if (patterns.every(isSimple)) {
    const written = patterns.map(({ glob }) => glob).filter((text) => !hasWildcard(text));
    if (!steps.take(among.length * (written.length + 1))) return undefined;
    const possible = written.filter((text) => among.some((glob) => globMatches(glob, text)));
    return [...possible, ...among.map((glob) => glob.replace(/[*?]/g, FRESH))];
  }
  return walk(
    [...among.map((glob) => ({ glob, ignoreCase: false, isArn: false })), ...patterns],
    among.length,
    steps,
  );
}

/** True where the pattern itself and any other text show all that it does. */
function isSimple({ glob, ignoreCase, isArn }: TextPattern): boolean {
  return !isArn && !ignoreCase && (!hasWildcard(glob) || /^\*+$/.test(glob));
}

/**
 * Walks the automata of all patterns at once, breadth first; texts that none of the first `amongCount` can match any more
 * are left. A state is where each of the patterns can be.
 */
function walk(
  patterns: readonly TextPattern[],
  amongCount: number,
  steps: Steps,
): readonly string[] | undefined {
  const automata = patterns.map(automaton);
  const alphabet = alphabetOf(patterns);
  const start = automata.map((of) => of.start);
  const seen = new Set([start.join()]);
  const examples = new Map<string, string>();
  const queue = [{ state: start, text: "" }];
  for (const { state, text } of queue) {
    const accepted = automata.map((of, index) => of.accepts(state[index] ?? 0n));
    if (accepted.slice(0, amongCount).includes(true)) {
      const together = accepted.slice(amongCount).map(Number).join("");
      if (!examples.has(together)) examples.set(together, text);
    }
    for (const character of alphabet) {
      if (!steps.take(automata.length)) return undefined;
      const next = automata.map((of, index) => of.next(state[index] ?? 0n, character));
      if (next.slice(0, amongCount).every((positions) => positions === 0n)) continue;
      const name = next.join();
      if (seen.has(name)) continue;
      seen.add(name);
      queue.push({ state: next, text: text + character });
    }
  }
  return [...examples.values()];
}

/** Where a pattern can be after a text, as a set of bits: bit i is set where its first i tokens can match that. */
interface Automaton {
  readonly start: bigint;
  readonly next: (positions: bigint, character: string) => bigint;
  readonly accepts: (positions: bigint) => boolean;
}

function automaton({ glob, ignoreCase, isArn }: TextPattern): Automaton {
  const tokens = (ignoreCase ? foldAscii(glob) : glob).split("");
  const colons = tokens.map((token, at) => (token === ":" ? at : -1)).filter((at) => at >= 0);
  // An ARN pattern of fewer segments matches nothing.
  if (isArn && colons.length < 5) return { start: 0n, next: () => 0n, accepts: () => false };
  const lastSegment = isArn ? (colons[4] ?? 0) + 1 : 0;
  let stars = 0n;
  let innerStars = 0n;
  for (const [at, token] of tokens.entries()) {
    if (token !== "*") continue;
    stars |= 1n << BigInt(at);
    if (at < lastSegment) innerStars |= 1n << BigInt(at);
  }
  const masks = new Map<string, bigint>();
  const maskOf = (character: string): bigint => {
    const folded = ignoreCase ? foldAscii(character) : character;
    const known = masks.get(folded);
    if (known !== undefined) return known;
    const mask = tokens.reduce((bits, token, at) => {
      const isWild = token === "?" && (folded !== ":" || at >= lastSegment);
      return isWild || (token === folded && token !== "*") ? bits | (1n << BigInt(at)) : bits;
    }, 0n);
    masks.set(folded, mask);
    return mask;
  };
  /** A star may match nothing. */
  const skipStars = (positions: bigint): bigint => {
    let reached = positions;
    for (;;) {
      const more = reached | ((reached & stars) << 1n);
      if (more === reached) return reached;
      reached = more;
    }
  };
  const end = 1n << BigInt(tokens.length);
  return {
    start: skipStars(1n),
    next: (positions, character) => {
      const staying = positions & (character === ":" ? stars & ~innerStars : stars);
      return skipStars(((positions & maskOf(character)) << 1n) | staying);
    },
    accepts: (positions) => (positions & end) !== 0n,
  };
}

/** Every character of the patterns, in each case where case may matter, and one that is in none. */
function alphabetOf(patterns: readonly TextPattern[]): readonly string[] {
  const characters = new Set([FRESH]);
  for (const { glob, isArn } of patterns) {
    if (isArn) characters.add(":");
    for (const character of glob.split("")) if (!hasWildcard(character)) characters.add(character);
  }
  if (patterns.some(({ ignoreCase }) => ignoreCase))
    for (const character of [...characters])
      for (const other of [character.toLowerCase(), character.toUpperCase()])
        if (other.length === 1) characters.add(other);
  return [...characters];
}
