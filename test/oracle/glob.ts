/**
 * What is left of a glob after the beginning of a text was read. Each rest is a glob that the remaining text may
 * match. The same rests are the same state, whichever glob they come from.
 */
export interface State {
  readonly id: number;
  readonly rests: readonly string[];
  /** True where the text may end here. */
  readonly accepts: boolean;
  readonly next: Map<string, State>;
}

const states = new Map<string, State>();

/** The state before anything of the glob was read. `*` and `?` are its only wildcards. */
export function startOf(glob: string): State {
  return stateOf([glob.replace(/\*+/g, "*")]);
}

/** The state after one more character. */
export function step(state: State, character: string): State {
  const known = state.next.get(character);
  if (known !== undefined) return known;
  const next = stateOf(state.rests.flatMap((rest) => restsAfter(rest, character)));
  state.next.set(character, next);
  return next;
}

export function read(state: State, text: string): State {
  let reached = state;
  for (const character of text) reached = step(reached, character);
  return reached;
}

/** Without the rests that no text of these characters matches. */
export function onlyWith(state: State, characters: ReadonlySet<string>): State {
  return stateOf(state.rests.filter((rest) => [...rest].every((c) => isWildcard(c) || characters.has(c))));
}

/** The characters that make a difference to any of the states, now or later. */
export function charactersIn(of: readonly State[]): Set<string> {
  return new Set(of.flatMap(({ rests }) => rests.flatMap((rest) => [...rest]).filter((c) => !isWildcard(c))));
}

const isWildcard = (character: string) => character === "*" || character === "?";

function restsAfter(rest: string, character: string): string[] {
  if (rest.startsWith("*")) return [rest, ...restsAfter(rest.slice(1), character)];
  return rest !== "" && (rest[0] === "?" || rest[0] === character) ? [rest.slice(1)] : [];
}

function stateOf(rests: readonly string[]): State {
  const distinct = [...new Set(rests)];
  // Whatever matches `ab*c` matches `*c` too.
  const isImplied = (rest: string) =>
    distinct.some((other) => other !== rest && other.startsWith("*") && rest.endsWith(other.slice(1)));
  const kept = distinct.filter((rest) => !isImplied(rest)).sort();
  const key = kept.join("\n");
  const known = kept.length === 0 ? states.get("nothing") : states.get(`rests\n${key}`);
  if (known !== undefined) return known;
  const accepts = kept.some((rest) => rest === "" || rest === "*");
  const state: State = { id: states.size, rests: kept, accepts, next: new Map() };
  states.set(kept.length === 0 ? "nothing" : `rests\n${key}`, state);
  return state;
}
