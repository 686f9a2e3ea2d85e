import { foldAscii, hasWildcard } from "../glob.ts";
import { arnSegments, type TextPattern } from "./text-patterns.ts";

/** A character that no pattern names. */
export const FRESH = "\uf8ff";

/** Where a pattern may be after some text. */
export interface State {
  /** Its number in its automaton. */
  readonly id: number;
  /** How many characters of the pattern may have matched. */
  readonly places: readonly number[];
  readonly accepts: boolean;
  /** The characters that make a difference next; all others lead where `FRESH` leads. */
  readonly expects: readonly string[];
}

/** A text pattern as a deterministic automaton, made as far as it is walked. */
export class Automaton {
  readonly start: State;
  readonly #pattern: TextPattern;
  readonly #glob: string;
  /** Where the last segment of an ARN begins: a wildcard before it matches no colon. */
  readonly #lastSegment: number;
  readonly #states = new Map<string, State>();
  readonly #moves = new Map<string, State>();

  constructor(pattern: TextPattern) {
    this.#pattern = pattern;
    this.#glob = pattern.ignoreCase ? foldAscii(pattern.glob) : pattern.glob;
    const segments = pattern.isArn ? arnSegments(this.#glob) : [this.#glob];
    this.#lastSegment = this.#glob.length - (segments?.at(-1) ?? "").length;
    // An ARN pattern of fewer segments matches nothing.
    this.start = this.#state(segments === undefined ? [] : [0]);
  }

  next(state: State, character: string): State {
    const isExpected = state.expects.includes(character);
    const move = `${state.id} ${isExpected ? character : FRESH}`;
    const known = this.#moves.get(move);
    if (known !== undefined) return known;
    const reached = this.#state(
      state.places.flatMap((place) => this.#placesAfter(place, isExpected ? character : FRESH)),
    );
    this.#moves.set(move, reached);
    return reached;
  }

  #placesAfter(place: number, written: string): readonly number[] {
    const character = this.#pattern.ignoreCase ? foldAscii(written) : written;
    const token = this.#glob[place];
    const isWild = (token === "*" || token === "?") && (character !== ":" || place >= this.#lastSegment);
    if (token === "*") return isWild ? [place] : [];
    return isWild || token === character ? [place + 1] : [];
  }

  /** The state of these places and of those beyond stars, which may match nothing. */
  #state(reached: readonly number[]): State {
    const all = new Set(reached);
    for (const place of all) if (this.#glob[place] === "*") all.add(place + 1);
    const places = [...all].sort((one, other) => one - other);
    const name = places.join();
    const known = this.#states.get(name);
    if (known !== undefined) return known;
    const { ignoreCase, isArn } = this.#pattern;
    const named = places
      .map((place) => this.#glob.charAt(place))
      .filter((token) => token !== "" && !hasWildcard(token));
    const inEachCase = ignoreCase ? named.flatMap((token) => [token, upperAscii(token)]) : named;
    const state: State = {
      id: this.#states.size,
      places,
      accepts: all.has(this.#glob.length) && places.length > 0,
      expects: isArn && places.length > 0 ? [...inEachCase, ":"] : inEachCase,
    };
    this.#states.set(name, state);
    return state;
  }
}

function upperAscii(character: string): string {
  return /[a-z]/.test(character) ? character.toUpperCase() : character;
}
