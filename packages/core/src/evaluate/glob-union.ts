import { Bits, placesSet } from "./bits.ts";

/** Strings that no glob tells apart from here on, with the part of all strings that they are. */
export interface Reached {
  readonly state: bigint;
  readonly share: number;
  readonly example: string;
}

/** A class of strings, with the globs that match them. */
export interface GlobClass {
  readonly matched: ReadonlySet<string>;
  readonly share: number;
  readonly example: string;
}

/**
 * Many globs run side by side over a set of strings at once: the bits of one number are the places where each glob
 * may stand (the Shift-And automaton of Baeza-Yates and Gonnet), so that strings which lead to the same number are
 * the same to every glob.
 */
export class GlobUnion {
  readonly #globs: readonly string[];
  /** For each character, the places where a glob wants it, made when it is first met. */
  readonly #literal = new Map<string, bigint>();
  readonly #gathered = new Map<string, Bits>();
  readonly #anyOne: bigint;
  readonly #star: bigint;
  readonly #finalStar: bigint;
  /** Where each glob is done; `#atEnd` is all of them. */
  readonly #ends: readonly number[];
  readonly #atEnd: bigint;
  readonly #settled: bigint;
  readonly #start: bigint;
  readonly #looking = new Map<string, bigint>();
  /** What one step costs: a part that is always there, and one that grows with the globs. */
  readonly #stepWork: number;
  #work = 0;

  constructor(written: readonly string[]) {
    const size = written.reduce((sum, glob) => sum + glob.length + 1, 0);
    const globs = size > MOST_PLACES ? [] : written;
    const [start, anyOne, star, finalStar, atEnd] = [
      new Bits(size),
      new Bits(size),
      new Bits(size),
      new Bits(size),
      new Bits(size),
    ];
    const ends: number[] = [];
    let place = 0;
    for (const glob of globs) {
      start.set(place);
      for (let index = 0; index < glob.length; index += 1) {
        const character = glob.charAt(index);
        if (character === "*") {
          // A run of stars is one star.
          if (glob.charAt(index + 1) === "*") continue;
          star.set(place);
          if (index === glob.length - 1) finalStar.set(place);
        } else if (character === "?") anyOne.set(place);
        else {
          const places = this.#gathered.get(character) ?? new Bits(size);
          places.set(place);
          this.#gathered.set(character, places);
        }
        place += 1;
      }
      atEnd.set(place);
      ends.push(place);
      place += 1;
    }
    this.#globs = globs;
    this.#anyOne = anyOne.toBigInt();
    this.#star = star.toBigInt();
    this.#finalStar = finalStar.toBigInt();
    this.#ends = ends;
    this.#atEnd = atEnd.toBigInt();
    this.#settled = this.#finalStar | this.#atEnd;
    this.#start = this.#skipStars(start.toBigInt());
    this.#stepWork = 4 + Math.ceil(size / 400);
    if (size > MOST_PLACES) this.#work = MOST_WORK + 1;
  }

  /** True once there are too many strings to follow: what is answered then is true of those that were followed. */
  get isExhausted(): boolean {
    return this.#work > MOST_WORK;
  }

  /** Where `beginning` and each of `words` lead, the same places put together; the first `counted` share the weight. */
  afterEach(beginning: string, words: readonly string[], counted: number): Reached[] {
    const begun = this.#over(this.#start, beginning);
    const [first = ""] = words;
    if ((begun & (this.#looksAt(words.join("")) | this.#anyOne)) === 0n) {
      // No glob looks at any of their characters or counts them: one word does for all.
      return [{ state: this.#over(begun, first), share: 1, example: beginning + first }];
    }
    const reached = new Map<bigint, Reached>();
    const afterPrefix = new Map([["", begun]]);
    for (const [index, word] of words.entries()) {
      if (this.isExhausted) break;
      add(reached, this.#overWord(word, afterPrefix), index < counted ? 1 / counted : 0, beginning + word);
    }
    return [...reached.values()];
  }

  /** Where a word leads, from where its longest prefix that was met before has led. */
  #overWord(word: string, afterPrefix: Map<string, bigint>): bigint {
    let length = word.length;
    while (!afterPrefix.has(word.slice(0, length))) length -= 1;
    let state = afterPrefix.get(word.slice(0, length)) ?? 0n;
    for (; length < word.length; length += 1) {
      state = this.#step(state, word.charAt(length));
      afterPrefix.set(word.slice(0, length + 1), state);
    }
    return state;
  }

  /** All strings that go on from `reached` by one of the `shapes` (each a list of the characters of one place). */
  divide(reached: readonly Reached[], shapes: readonly (readonly string[])[]): GlobClass[] {
    const classes = new Map<bigint, Reached>();
    for (const shape of shapes) {
      let layer = new Map<bigint, Reached>();
      for (const from of reached) add(layer, from.state, from.share / shapes.length, from.example);
      const lastColon = shape.lastIndexOf(":");
      for (const [place, characters] of shape.entries()) {
        layer = this.#next(layer, characters, classes, shape.length - place);
        if (place === lastColon) layer = this.#withoutThoseInWaitForColons(layer);
      }
      for (const { state, share, example } of layer.values())
        add(classes, state & this.#atEnd, share, example);
    }
    return [...classes.values()].map(({ state, share, example }) => {
      const isMatched = placesSet(state, this.#ends);
      return {
        matched: new Set(this.#globs.filter((_, index) => isMatched[index] === true)),
        share,
        example,
      };
    });
  }

  /** No further colon comes: a glob that still needs one is out, and need not be followed. */
  #withoutThoseInWaitForColons(layer: ReadonlyMap<bigint, Reached>): Map<bigint, Reached> {
    const colons = this.#wants(":");
    const waiting = colons | ((colons >> 1n) & this.#star);
    const kept = new Map<bigint, Reached>();
    for (const { state, share, example } of layer.values()) add(kept, state & ~waiting, share, example);
    return kept;
  }

  #next(
    layer: ReadonlyMap<bigint, Reached>,
    characters: string,
    classes: Map<bigint, Reached>,
    left: number,
  ): Map<bigint, Reached> {
    const next = new Map<bigint, Reached>();
    const looksAtAny = this.#looksAt(characters);
    if (layer.size > MOST_STATES) this.#work = MOST_WORK + 1;
    if (this.isExhausted) return next;
    for (const { state, share, example } of layer.values()) {
      if ((state & ~this.#settled) === 0n) {
        // Whatever follows, the globs that end in a star go on matching and the others are out.
        add(classes, (state & this.#finalStar) << 1n, share, left > 1 ? `${example}…` : example);
        continue;
      }
      // The characters that no glob looks at are all the same: one does for them.
      let unseen = characters;
      if ((state & looksAtAny) !== 0n) {
        unseen = "";
        for (const character of characters) {
          if ((state & this.#wants(character)) === 0n) unseen += character;
          else add(next, this.#step(state, character), share / characters.length, example + character);
        }
      }
      if (unseen === "") continue;
      const character = unseen.charAt(0);
      const part = unseen.length / characters.length;
      add(next, this.#step(state, character), share * part, example + character);
    }
    return next;
  }

  #wants(character: string): bigint {
    const known = this.#literal.get(character);
    if (known !== undefined) return known;
    const places = this.#gathered.get(character)?.toBigInt() ?? 0n;
    this.#literal.set(character, places);
    return places;
  }

  /** The places at which a glob wants one of these characters. */
  #looksAt(characters: string): bigint {
    const known = this.#looking.get(characters);
    if (known !== undefined) return known;
    let places = 0n;
    for (const character of characters) places |= this.#wants(character);
    this.#looking.set(characters, places);
    return places;
  }

  #over(from: bigint, text: string): bigint {
    let state = from;
    for (const character of text) {
      if (state === 0n) return state;
      state = this.#step(state, character);
    }
    return state;
  }

  #step(state: bigint, character: string): bigint {
    this.#work += this.#stepWork;
    const moved = (state & (this.#wants(character) | this.#anyOne)) << 1n;
    return this.#skipStars(moved | (state & this.#star));
  }

  #skipStars(state: bigint): bigint {
    return state | ((state & this.#star) << 1n);
  }
}

/** Work after which no string is followed any more. No policy that people write comes here. */
const MOST_WORK = 8000;

const MOST_STATES = 64;

/** The most characters of all globs together. */
const MOST_PLACES = 2048;

function add(into: Map<bigint, Reached>, state: bigint, share: number, example: string): void {
  const there = into.get(state);
  into.set(state, { state, share: share + (there?.share ?? 0), example: there?.example ?? example });
}
