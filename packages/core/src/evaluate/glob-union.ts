/** Strings that no glob tells apart from here on, with the part of all strings that they are. */
export interface Reached {
  readonly state: bigint;
  readonly share: number;
  readonly example: string;
}

/** A class of strings: which globs match them, in the order given. */
export interface GlobClass {
  readonly matched: readonly boolean[];
  readonly share: number;
  readonly example: string;
}

/**
 * Many globs run side by side over a set of strings at once: the bits of one number are the places where each glob
 * may stand (the Shift-And automaton of Baeza-Yates and Gonnet), so that strings which lead to the same number are
 * the same to every glob.
 */
export class GlobUnion {
  readonly #literal = new Map<string, bigint>();
  readonly #accept: readonly bigint[];
  readonly #start: bigint;
  #anyOne = 0n;
  #star = 0n;
  #finalStar = 0n;
  #atEnd = 0n;
  #work = 0;
  readonly #words: number;

  constructor(globs: readonly string[]) {
    const accept: bigint[] = [];
    let start = 0n;
    let at = 0;
    for (const glob of globs) {
      start |= 1n << BigInt(at);
      const last = glob.length - 1;
      for (let index = 0; index <= last; index += 1) {
        const character = glob[index] ?? "";
        if (character === "*" && glob[index + 1] === "*") continue;
        const bit = 1n << BigInt(at);
        if (character === "*") {
          this.#star |= bit;
          if (index === last) this.#finalStar |= bit;
        } else if (character === "?") this.#anyOne |= bit;
        else this.#literal.set(character, (this.#literal.get(character) ?? 0n) | bit);
        at += 1;
      }
      accept.push(1n << BigInt(at));
      this.#atEnd |= 1n << BigInt(at);
      at += 1;
    }
    this.#accept = accept;
    this.#start = this.#skipStars(start);
    this.#words = 1 + Math.ceil(at / 64);
  }

  /** Where `beginning` and each of `words` lead, the same places put together; the first `counted` share the weight. */
  afterEach(beginning: string, words: readonly string[], counted: number): Reached[] {
    const begun = this.#over(this.#start, beginning);
    const reached = new Map<bigint, Reached>();
    for (const [index, word] of words.entries()) {
      const share = index < counted ? 1 / counted : 0;
      add(reached, this.#over(begun, word), share, beginning + word);
    }
    return [...reached.values()];
  }

  /** All strings that go on from `reached` by one of the `shapes` (each a list of the characters of one place). */
  divide(reached: readonly Reached[], shapes: readonly (readonly string[])[]): GlobClass[] {
    const classes = new Map<bigint, Reached>();
    for (const shape of shapes) {
      let layer = new Map<bigint, Reached>();
      for (const from of reached) add(layer, from.state, from.share / shapes.length, from.example);
      for (const [place, characters] of shape.entries()) {
        layer = this.#next(layer, characters, classes, shape.length - place);
      }
      for (const { state, share, example } of layer.values())
        add(classes, state & this.#atEnd, share, example);
    }
    return [...classes.values()].map(({ state, share, example }) => ({
      matched: this.#accept.map((bit) => (state & bit) !== 0n),
      share,
      example,
    }));
  }

  #next(
    layer: ReadonlyMap<bigint, Reached>,
    characters: string,
    classes: Map<bigint, Reached>,
    left: number,
  ): Map<bigint, Reached> {
    const next = new Map<bigint, Reached>();
    for (const { state, share, example } of heaviest(layer)) {
      if ((state & ~this.#finalStar & ~this.#atEnd) === 0n) {
        // Whatever follows, the globs that end in a star go on matching and the others are out.
        add(classes, (state & this.#finalStar) << 1n, share, left > 1 ? `${example}…` : example);
        continue;
      }
      if (this.#work > MOST_WORK) continue;
      for (const character of this.#telling(state, characters)) {
        const part = this.#telling(state, characters).length;
        add(next, this.#step(state, character), share / part, example + character);
      }
    }
    return next;
  }

  /** The characters to try: one will do where no glob looks at any of them. */
  #telling(state: bigint, characters: string): string {
    if (characters.length === 1) return characters;
    for (const character of characters) {
      if ((state & (this.#literal.get(character) ?? 0n)) !== 0n) return characters;
    }
    return characters.slice(0, 1);
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
    this.#work += this.#words;
    const moved = (state & ((this.#literal.get(character) ?? 0n) | this.#anyOne)) << 1n;
    return this.#skipStars(moved | (state & this.#star));
  }

  #skipStars(state: bigint): bigint {
    return state | ((state & this.#star) << 1n);
  }
}

/** Steps times 64-bit words after which no further strings are followed. */
const MOST_WORK = 60_000;

const MOST_STATES = 256;

function heaviest(layer: ReadonlyMap<bigint, Reached>): Iterable<Reached> {
  if (layer.size <= MOST_STATES) return layer.values();
  return [...layer.values()].sort((a, b) => b.share - a.share).slice(0, MOST_STATES);
}

function add(into: Map<bigint, Reached>, state: bigint, share: number, example: string): void {
  const there = into.get(state);
  into.set(state, { state, share: share + (there?.share ?? 0), example: there?.example ?? example });
}
