import { Bits, placesSet } from "./bits.ts";

/** Strings that no glob tells apart from here on, with the part of all strings that they are. */
interface Reached {
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

  /** All strings of these `shapes` (each a list of the characters of one place), each shape an equal part of them. */
  divide(shapes: readonly (readonly string[])[]): GlobClass[] {
    const classes = new Map<bigint, Reached>();
    for (const shape of shapes) {
      let layer = new Map<bigint, Reached>();
      add(layer, this.#start, 1 / shapes.length, "");
      for (const characters of shape) {
        layer = this.#next(layer, characters, classes);
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

  #next(
    layer: ReadonlyMap<bigint, Reached>,
    characters: string,
    classes: Map<bigint, Reached>,
  ): Map<bigint, Reached> {
    const next = new Map<bigint, Reached>();
    const looksAtAny = this.#looksAt(characters);
    if (layer.size > MOST_STATES) this.#work = MOST_WORK + 1;
    if (this.isExhausted) return next;
    for (const { state, share, example } of layer.values()) {
      if ((state & ~this.#settled) === 0n) {
        // Whatever follows, the globs that end in a star go on matching and the others are out.
        add(classes, (state & this.#finalStar) << 1n, share, `${example}…`);
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
const MOST_WORK = 12_000;

const MOST_STATES = 64;

/** The most characters of all globs together. */
const MOST_PLACES = 2048;

function add(into: Map<bigint, Reached>, state: bigint, share: number, example: string): void {
  const there = into.get(state);
  into.set(state, { state, share: share + (there?.share ?? 0), example: there?.example ?? example });
}
