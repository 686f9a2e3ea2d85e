/** A class of strings, with the globs that match them. */
export interface GlobClass {
  readonly matched: ReadonlySet<string>;
  readonly share: number;
  readonly example: string;
}

/**
 * All strings of these `shapes` (each a list of the characters of one place, each shape an equal part of them),
 * divided into classes by the globs that match them. `undefined` where that would take more than so much work.
 */
export function divided(
  globs: readonly string[],
  shapes: readonly (readonly string[])[],
  mostWork: number,
): GlobClass[] | undefined {
  if (globs.every((glob) => glob === "*")) return [{ matched: new Set(globs), share: 1, example: "…" }];
  const size = globs.reduce((sum, glob) => sum + glob.length + 1, 0);
  return size > MOST_PLACES ? undefined : new GlobAutomaton(globs, size, mostWork).divide(shapes);
}

/**
 * Many globs run side by side over a set of strings at once: the bits of one number are the places where each glob
 * may be (the Shift-And automaton of Baeza-Yates and Gonnet), so that strings which lead to the same number are
 * the same to every glob. Each such number is a state; where it leads on which character is worked out once.
 */
class GlobAutomaton {
  readonly #globs: readonly string[];
  /** For each character, and for the characters of a place, where a glob wants them; made when first met. */
  readonly #literal = new Map<string, bigint>();
  readonly #looking = new Map<string, bigint>();
  readonly #anyOne: bigint;
  readonly #star: bigint;
  readonly #finalStar: bigint;
  /** Where each glob is done; `#atEnd` is all of them. */
  readonly #ends: readonly bigint[];
  readonly #atEnd: bigint;
  readonly #decided: bigint;
  readonly #start: State;
  readonly #states = new Map<bigint, State>();
  /** What a step costs that is taken for the first time: a part that is always there, and one for the globs. */
  readonly #stepWork: number;
  #workLeft: number;

  constructor(globs: readonly string[], size: number, mostWork: number) {
    let [start, anyOne, star, finalStar, atEnd] = [0n, 0n, 0n, 0n, 0n];
    const ends: bigint[] = [];
    let bit = 1n;
    for (const glob of globs) {
      start |= bit;
      for (let index = 0; index < glob.length; index += 1) {
        const character = glob.charAt(index);
        if (character === "*") {
          // A run of stars is one star.
          if (glob.charAt(index + 1) === "*") continue;
          star |= bit;
          if (index === glob.length - 1) finalStar |= bit;
        } else if (character === "?") anyOne |= bit;
        else this.#literal.set(character, this.#wants(character) | bit);
        bit <<= 1n;
      }
      atEnd |= bit;
      ends.push(bit);
      bit <<= 1n;
    }
    this.#globs = globs;
    this.#workLeft = mostWork;
    this.#anyOne = anyOne;
    this.#star = star;
    this.#finalStar = finalStar;
    this.#ends = ends;
    this.#atEnd = atEnd;
    this.#decided = this.#finalStar | this.#atEnd;
    this.#stepWork = 10 + (size >>> 4);
    this.#start = this.#stateAt(this.#skipStars(start));
  }

  divide(shapes: readonly (readonly string[])[]): GlobClass[] | undefined {
    const classes = new Map<bigint, Strings>();
    for (const shape of shapes) {
      this.#start.strings = { share: 1 / shapes.length, example: "" };
      let layer: readonly State[] = [this.#start];
      for (const characters of shape) {
        layer = this.#next(this.#undecided(layer, classes), characters);
        if (this.#workLeft < 0) return undefined;
      }
      for (const { places, strings } of layer) add(classes, places & this.#atEnd, strings);
    }
    return [...classes].map(([places, { share, example }]) => {
      const matched = new Set(this.#globs.filter((_, index) => (places & (this.#ends[index] ?? 0n)) !== 0n));
      return { matched, share, example };
    });
  }

  /** Whatever follows, the globs that end in a star go on matching and the others are out: such states are decided. */
  #undecided(layer: readonly State[], classes: Map<bigint, Strings>): readonly State[] {
    if (!layer.some(({ isDecided }) => isDecided)) return layer;
    return layer.filter(({ isDecided, places, strings: { share, example } }) => {
      if (isDecided) add(classes, (places & this.#finalStar) << 1n, { share, example: `${example}…` });
      return !isDecided;
    });
  }

  /** The states that one more of these characters leads to, each with its strings; none when the work is used up. */
  #next(layer: readonly State[], characters: string): State[] {
    const next = new Map<State, Strings>();
    for (const state of layer) {
      if (this.#workLeft < 0) return [];
      const { share, example } = state.strings;
      for (const { to, part, character } of this.#movesOf(state, characters)) {
        const there = next.get(to);
        if (there === undefined) next.set(to, { share: share * part, example: example + character });
        else there.share += share * part;
        this.#workLeft -= 1;
      }
    }
    for (const [state, strings] of next) state.strings = strings;
    return [...next.keys()];
  }

  /** Where a state leads on each of the characters, those that no glob looks at taken together. */
  #movesOf(state: State, characters: string): readonly Move[] {
    const known = state.moves.get(characters);
    if (known !== undefined) return known;
    const moves: Move[] = [];
    const looksAtAny = (state.places & this.#looksAt(characters)) !== 0n;
    let unseen = looksAtAny ? "" : characters;
    for (const character of looksAtAny ? characters : "") {
      if ((state.places & this.#wants(character)) === 0n) unseen += character;
      else moves.push({ to: this.#step(state, character), part: 1 / characters.length, character });
    }
    if (unseen !== "") {
      const character = unseen.charAt(0);
      moves.push({ to: this.#step(state, character), part: unseen.length / characters.length, character });
    }
    state.moves.set(characters, moves);
    return moves;
  }

  #wants(character: string): bigint {
    return this.#literal.get(character) ?? 0n;
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

  #step({ places }: State, character: string): State {
    this.#workLeft -= this.#stepWork;
    const moved = (places & (this.#wants(character) | this.#anyOne)) << 1n;
    return this.#stateAt(this.#skipStars(moved | (places & this.#star)));
  }

  #skipStars(places: bigint): bigint {
    return places | ((places & this.#star) << 1n);
  }

  #stateAt(places: bigint): State {
    const known = this.#states.get(places);
    if (known !== undefined) return known;
    const isDecided = (places & ~this.#decided) === 0n;
    const state = { places, isDecided, moves: new Map(), strings: { share: 0, example: "" } };
    this.#states.set(places, state);
    return state;
  }
}

/** Where the globs may be after some string. */
interface State {
  readonly places: bigint;
  /** True where nothing that follows changes which globs match. */
  readonly isDecided: boolean;
  /** Where it leads, by the characters that may follow. */
  readonly moves: Map<string, readonly Move[]>;
  /** Those strings of the length that is looked at which end here. */
  strings: Strings;
}

interface Move {
  readonly to: State;
  /** The part of the characters that lead there, and one of them. */
  readonly part: number;
  readonly character: string;
}

/** The part of all strings that are taken together, and one of them. */
interface Strings {
  share: number;
  readonly example: string;
}

function add(classes: Map<bigint, Strings>, places: bigint, { share, example }: Strings): void {
  const there = classes.get(places);
  if (there === undefined) classes.set(places, { share, example });
  else there.share += share;
}

/** The most characters of all globs together. */
const MOST_PLACES = 1024;
