import { remembering } from "./remember.ts";

/**
 * What is left of a list of globs after the beginning of a text was read. Each rest is a glob that the remaining text
 * may match. The same rests are the same state, whichever globs they come from.
 */
interface State {
  readonly id: number;
  readonly rests: readonly string[];
  readonly accepts: boolean;
  readonly next: Map<string, State>;
}

/** The states of several lists of globs that read the same text. The same states in the same order are the same object. */
export interface States {
  readonly id: number;
  /** For each list: whether one of its globs matches the text that was read. */
  readonly accepts: readonly boolean[];
  readonly of: readonly State[];
  readonly next: Map<string, States>;
}

/** The states before anything was read. `*` and `?` are the only wildcards. */
export function startOf(lists: readonly (readonly string[])[]): States {
  return together(lists.map((globs) => stateOf(globs.map((glob) => glob.replace(/\*+/g, "*")))));
}

/** The states after more text. */
export function read(states: States, text: string): States {
  const known = states.next.get(text);
  if (known !== undefined) return known;
  const next = together(states.of.map((state) => readOne(state, text)));
  states.next.set(text, next);
  return next;
}

/** Whether a text matches a glob. */
export function matches(glob: string, text: string): boolean {
  return read(startOf([[glob]]), text).accepts[0] === true;
}

/** The states without the rests that no text of these characters matches, and without doubles. */
export function onlyWith(states: States, characters: ReadonlySet<string>) {
  const useful = states.of.map(({ rests }) =>
    stateOf(rests.filter((rest) => [...rest].every((c) => isWildcard(c) || characters.has(c)))),
  );
  const distinct = [...new Set(useful)].sort((a, b) => a.id - b.id);
  /** For each list: where its state is among them. */
  const places = useful.map((state) => distinct.indexOf(state));
  return { states: together(distinct), places };
}

/** Those of the characters that make a difference to any of the states, as long as no other character is read. */
export function charactersIn(states: States, characters: ReadonlySet<string>): Set<string> {
  const found = new Set<string>();
  for (const rest of states.of.flatMap(({ rests }) => rests)) {
    const literals = [...rest].filter((character) => !isWildcard(character));
    const end = literals.findIndex((character) => !characters.has(character));
    for (const character of end < 0 ? literals : literals.slice(0, end)) found.add(character);
  }
  return found;
}

const isWildcard = (character: string) => character === "*" || character === "?";

const rememberedStates = remembering<State>();
const rememberedTogether = remembering<States>();
let made = 0;

function together(of: readonly State[]): States {
  return rememberedTogether(of.map(({ id }) => id).join(), () => {
    return { id: made++, of, accepts: of.map(({ accepts }) => accepts), next: new Map() };
  });
}

function readOne(state: State, text: string): State {
  const known = state.next.get(text);
  if (known !== undefined) return known;
  const next = stateOf(state.rests.flatMap((rest) => restsAfter(rest, text)));
  state.next.set(text, next);
  return next;
}

/** What is left of one glob after a text. */
function restsAfter(glob: string, text: string): readonly string[] {
  if (glob.startsWith(text)) return [glob.slice(text.length)];
  let same = 0;
  while (same < text.length && glob[same] === text[same]) same += 1;
  if (!isWildcard(glob.charAt(same))) return [];
  let rests: readonly string[] = [glob.slice(same)];
  for (const character of text.slice(same)) {
    rests = withoutImplied(rests.flatMap((rest) => restsAfterOne(rest, character)));
    if (rests.length === 0) return rests;
  }
  return rests;
}

function restsAfterOne(rest: string, character: string): string[] {
  if (rest.startsWith("*")) return [rest, ...restsAfterOne(rest.slice(1), character)];
  return rest !== "" && (rest[0] === "?" || rest[0] === character) ? [rest.slice(1)] : [];
}

/** Whatever matches `ab*c` matches `*c` too. */
function withoutImplied(rests: readonly string[]): readonly string[] {
  if (rests.length < 2) return rests;
  const distinct = [...new Set(rests)];
  const stars = distinct.filter((rest) => rest.startsWith("*"));
  return distinct.filter((rest) => !stars.some((star) => star !== rest && rest.endsWith(star.slice(1))));
}

function stateOf(rests: readonly string[]): State {
  const kept = withoutImplied(rests).toSorted();
  return rememberedStates(`${kept.length}\n${kept.join("\n")}`, () => ({
    id: made++,
    rests: kept,
    accepts: kept.some((rest) => rest === "" || rest === "*"),
    next: new Map(),
  }));
}
