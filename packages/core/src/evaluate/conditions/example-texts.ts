import { globMatches, hasWildcard, isAllStars } from "../../text/glob.ts";
import type { Steps } from "./steps.ts";
import { Automaton, FRESH, type State } from "./text-automaton.ts";
import { matches, type TextPattern } from "./text-patterns.ts";

/**
 * Texts that one of the globs `among` matches: for each set of the groups of patterns that some such text matches, and
 * no other group, at least one. `undefined` where the steps are used up.
 */
export function exampleTexts(
  among: readonly string[],
  groups: readonly (readonly TextPattern[])[],
  steps: Steps,
): readonly string[] | undefined {
  if (!among.some(hasWildcard)) return among;
  if (groups.every((group) => group.every(isPlain))) return literals(among, groups, steps);
  const obvious = obviousTexts(among, groups);
  if (!steps.take(obvious.length * groups.flat().length)) return undefined;
  const matching = (text: string) =>
    groups.map((group) => group.some((pattern) => matches(pattern, text))).join();
  const isEnough = new Set(obvious.map(matching)).size === 2 ** groups.length;
  return isEnough ? obvious : walk(among, groups, steps);
}

/** One text for each glob, and one for each group if it can be: where there is little to find, they are often enough. */
function obviousTexts(
  among: readonly string[],
  groups: readonly (readonly TextPattern[])[],
): readonly string[] {
  const texts = groups.flatMap(([pattern]) => (pattern === undefined ? [] : someText(pattern.glob)));
  return [...among.map(someText), ...texts.filter((text) => among.some((glob) => globMatches(glob, text)))];
}

function someText(glob: string): string {
  return glob.replace(/[*?]/g, FRESH);
}

/** True where the pattern matches one text, or every text. */
function isPlain({ glob, ignoreCase, isArn }: TextPattern): boolean {
  return !isArn && !ignoreCase && (!hasWildcard(glob) || isAllStars(glob));
}

/** Of the texts that the same groups name, one is enough; and one that nobody names. */
function literals(
  among: readonly string[],
  groups: readonly (readonly TextPattern[])[],
  steps: Steps,
): readonly string[] | undefined {
  const namedBy = new Map<string, number[]>();
  for (const [at, group] of groups.entries()) {
    for (const { glob } of group) {
      const by = namedBy.get(glob) ?? [];
      namedBy.set(glob, by);
      if (by.at(-1) !== at) by.push(at);
    }
  }
  if (!steps.take(namedBy.size * among.length)) return undefined;
  const examples = new Map<string, string>();
  for (const [text, by] of namedBy)
    if (!hasWildcard(text) && among.some((glob) => globMatches(glob, text))) examples.set(by.join(), text);
  return [...examples.values(), ...among.map(someText)];
}

/** Walks through all patterns at once, breadth first, as texts grow by one character. */
function walk(
  among: readonly string[],
  groups: readonly (readonly TextPattern[])[],
  steps: Steps,
): readonly string[] | undefined {
  const possible = new Automaton(among.map((glob) => ({ glob, ignoreCase: false, isArn: false })));
  const asked = groups.map((patterns) => new Automaton(patterns));
  const start = { among: possible.start, states: asked.map((automaton) => automaton.start), text: "" };
  const seen = new Set([nameOf(start)]);
  const examples = new Map<string, string>();
  const queue: Walked[] = [start];
  for (const walked of queue) {
    const { among, states, text } = walked;
    const matching = states.map(({ accepts }) => Number(accepts)).join("");
    if (among.accepts && !examples.has(matching)) examples.set(matching, text);
    if (examples.size === 2 ** groups.length) break;
    const characters = new Set([...among.expects, ...states.flatMap(({ expects }) => [...expects]), FRESH]);
    for (const character of characters) {
      if (!steps.take(asked.length + 1)) return undefined;
      const next: Walked = {
        among: possible.next(among, character),
        states: asked.map((automaton, at) => automaton.next(states[at] ?? automaton.start, character)),
        text: text + character,
      };
      const name = nameOf(next);
      if (next.among.places.length === 0 || seen.has(name)) continue;
      if (!steps.take(next.states.reduce((places, state) => places + state.places.length, 0)))
        return undefined;
      seen.add(name);
      queue.push(next);
    }
  }
  return [...examples.values()];
}

interface Walked {
  /** Where the possible texts are. */
  readonly among: State;
  /** Where each group of patterns is. */
  readonly states: readonly State[];
  readonly text: string;
}

function nameOf({ among, states }: Walked): string {
  return [among, ...states].map(({ id }) => id).join();
}
