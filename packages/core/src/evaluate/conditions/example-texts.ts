import { isAllStars } from "../../policy/action-syntax.ts";
import { globMatches, hasWildcard } from "../glob.ts";
import type { Steps } from "./steps.ts";
import { Automaton, FRESH, type State } from "./text-automaton.ts";
import type { TextPattern } from "./text-patterns.ts";

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
  return groups.every((group) => group.every(isPlain))
    ? literals(among, groups, steps)
    : walk(among, groups.flat(), steps);
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
  return [...examples.values(), ...among.map((glob) => glob.replace(/[*?]/g, FRESH))];
}

/** Walks through all patterns at once, breadth first, as texts grow by one character. */
function walk(
  among: readonly string[],
  patterns: readonly TextPattern[],
  steps: Steps,
): readonly string[] | undefined {
  const possible = among.map((glob) => new Automaton({ glob, ignoreCase: false, isArn: false }));
  const asked = patterns.map((pattern) => new Automaton(pattern));
  const automata = [...possible, ...asked];
  const start = automata.map((automaton) => automaton.start);
  const seen = new Set([nameOf(start)]);
  const examples = new Map<string, string>();
  const queue = [{ states: start, text: "" }];
  for (const { states, text } of queue) {
    if (states.slice(0, possible.length).some(({ accepts }) => accepts)) {
      const matching = states
        .slice(possible.length)
        .map(({ accepts }) => Number(accepts))
        .join("");
      if (!examples.has(matching)) examples.set(matching, text);
    }
    const characters = new Set(states.flatMap(({ expects }) => expects));
    for (const character of characters.add(FRESH)) {
      if (!steps.take(automata.length)) return undefined;
      const next = automata.map((automaton, index) =>
        automaton.next(states[index] ?? automaton.start, character),
      );
      // What nothing among them can match any more.
      if (next.slice(0, possible.length).every(({ places }) => places.length === 0)) continue;
      const name = nameOf(next);
      if (seen.has(name)) continue;
      if (!steps.take(next.reduce((places, state) => places + state.places.length, 0))) return undefined;
      seen.add(name);
      queue.push({ states: next, text: text + character });
    }
  }
  return [...examples.values()];
}

function nameOf(states: readonly State[]): string {
  return states.map(({ id }) => id).join();
}
