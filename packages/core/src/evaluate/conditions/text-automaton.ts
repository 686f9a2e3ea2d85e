import { foldAscii, hasWildcard } from "../../text/glob.ts";
import { arnSegments, type TextPattern } from "./text-patterns.ts";

/** A character that no pattern names. */
export const FRESH = "\uf8ff";

/** Where patterns may be after some text. */
export interface State {
  /** Its number in its automaton. */
  readonly id: number;
  /** How far the patterns may have matched, as places in all of them one after the other; none: no text goes on from here. */
  readonly places: readonly number[];
  /** True where one of the patterns matches the text. */
  readonly accepts: boolean;
  /** The characters that make a difference next; all others lead where `FRESH` leads. */
  readonly expects: ReadonlySet<string>;
  /** Those that were made, by character. */
  readonly moves: Map<string, State>;
}

/** The patterns of one operator as one deterministic automaton, made as far as it is walked. */
export class Automaton {
  readonly start: State;
  readonly #ignoreCase: boolean;
  readonly #isArn: boolean;
  /** Every pattern, and `END` after it. */
  readonly #tokens: string;
  /** The places where a wildcard does not match a colon: in all segments of an ARN but its last. */
  readonly #inner = new Set<number>();
  readonly #states = new Map<string, State>();

  constructor(patterns: readonly TextPattern[]) {
    this.#ignoreCase = patterns.some(({ ignoreCase }) => ignoreCase);
    this.#isArn = patterns.some(({ isArn }) => isArn);
    const starts: number[] = [];
    let tokens = "";
    for (const { glob } of patterns) {
      const segments = this.#isArn ? arnSegments(glob) : [glob];
      // An ARN pattern of fewer segments matches nothing.
      if (segments === undefined) continue;
      starts.push(tokens.length);
      const lastSegment = tokens.length + glob.length - (segments.at(-1) ?? "").length;
      for (let place = tokens.length; place < lastSegment; place += 1) this.#inner.add(place);
      tokens += glob + END;
    }
    this.#tokens = this.#ignoreCase ? foldAscii(tokens) : tokens;
    this.start = this.#state(starts);
  }

  next(state: State, character: string): State {
    const followed = state.expects.has(character) ? character : FRESH;
    const known = state.moves.get(followed);
    if (known !== undefined) return known;
    const read = this.#ignoreCase ? foldAscii(followed) : followed;
    const reached = this.#state(state.places.flatMap((place) => this.#placesAfter(place, read)));
    state.moves.set(followed, reached);
    return reached;
  }

  #placesAfter(place: number, character: string): readonly number[] {
    const token = this.#tokens[place];
    const isWild = (token === "*" || token === "?") && (character !== ":" || !this.#inner.has(place));
    if (token === "*") return isWild ? [place] : [];
    return isWild || token === character ? [place + 1] : [];
  }

  #state(reached: readonly number[]): State {
    const places = this.#beyondStars(reached);
    const name = places.join();
    const known = this.#states.get(name);
    if (known !== undefined) return known;
    const tokens = [...new Set(places.map((place) => this.#tokens.charAt(place)))];
    const named = tokens.filter((token) => token !== END && !hasWildcard(token));
    const inEachCase = this.#ignoreCase ? named.flatMap((token) => [token, upperAscii(token)]) : named;
    const state: State = {
      id: this.#states.size,
      places,
      accepts: tokens.includes(END),
      expects: new Set(this.#isArn && places.length > 0 ? [...inEachCase, ":"] : inEachCase),
      moves: new Map(),
    };
    this.#states.set(name, state);
    return state;
  }

  /** With the places after stars, which may match nothing. Where a star ends a pattern, that is enough. */
  #beyondStars(reached: readonly number[]): readonly number[] {
    const places = new Set(reached);
    for (const place of places) {
      if (this.#tokens[place] !== "*") continue;
      if (this.#tokens[place + 1] === END && !this.#inner.has(place)) return [place, place + 1];
      places.add(place + 1);
    }
    return [...places].sort((one, other) => one - other);
  }
}

/** After a pattern: like `FRESH`, no text has it. */
const END = "\uf8fe";

function upperAscii(character: string): string {
  return /[a-z]/.test(character) ? character.toUpperCase() : character;
}
