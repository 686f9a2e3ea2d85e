/**
 * The work that one evaluation may take, counted in steps of some 100 ns, never in time: a document gets the same
 * verdict on every machine.
 */
export class Steps {
  #left: number;

  constructor(most: number) {
    this.#left = most;
  }

  /** Takes so many steps; false when they are used up. */
  take(steps: number): boolean {
    this.#left -= steps;
    return this.#left >= 0;
  }

  get left(): number {
    return this.#left;
  }

  areUsedUp(): boolean {
    return this.#left < 0;
  }
}

/** The strings of a shape that the same globs match: how many, and one of them. */
export interface GlobClass {
  readonly matched: ReadonlySet<string>;
  readonly count: bigint;
  readonly example: string;
  /** Set where the steps did not suffice to say which globs match these strings. */
  readonly isUndecided?: true;
}

/** How many strings have a shape: a list of the characters that may be at each place. */
export function stringsOf(shape: readonly string[]): bigint {
  return shape.reduce((product, characters) => product * BigInt(characters.length), 1n);
}

/**
 * All strings of a shape divided into classes by the groups of globs that match them, each counted exactly. The globs
 * of a group are alike to who asks: a class names the first of each group of which some match. Takes at most three quarters of the
 * steps that are left: what is not decided by then is a class of its own.
 */
export function divided(
  groups: readonly (readonly string[])[],
  shape: readonly string[],
  steps: Steps,
): GlobClass[] {
  const firsts = groups.flatMap(([first]) => first ?? []);
  if (groups.every((globs) => globs.includes("*")))
    return [{ matched: new Set(firsts), count: stringsOf(shape), example: "…" }];
  return new GlobAutomaton(groups, steps).divide(shape);
}

/**
 * Many globs run side by side over a set of strings at once: the bits of one number are the places where each glob
 * may be (the Shift-And automaton of Baeza-Yates and Gonnet), so that strings which lead to the same number are
 * the same to every glob. Each such number is a state; where it leads on which character is worked out once.
 */
class GlobAutomaton {
  /** For each character, and for the characters of a place, where a glob wants them; made when first met. */
  readonly #literal = new Map<string, bigint>();
  readonly #looking = new Map<string, bigint>();
  readonly #groups: readonly Group[];
  readonly #groupOfFinalStar = new Map<bigint, Group>();
  readonly #anyOne: bigint;
  readonly #star: bigint;
  readonly #finalStar: bigint;
  /** Where a group matches whatever follows. */
  readonly #done: bigint;
  /** Where a group matches if nothing follows. */
  readonly #atEnd: bigint;
  readonly #start: State;
  /** By their places in digits: a Map distinguishes large integers by their lowest bits only. */
  readonly #states = new Map<string, State>();
  /** What a step costs that is taken for the first time: a part that is always there, and one for the globs. */
  readonly #stepWork: number;
  readonly #steps: Steps;
  readonly #stepsToLeave: number;

  constructor(written: readonly (readonly string[])[], steps: Steps) {
    let [start, anyOne, star, finalStar, done, atEnd] = [0n, 0n, 0n, 0n, 0n, 0n];
    const groups: Group[] = [];
    let [bit, places] = [1n, 0];
    for (const globs of written) {
      const finalStars: bigint[] = [];
      const from = bit;
      const isDone = bit;
      done |= bit;
      bit <<= 1n;
      for (const glob of globs) {
        start |= bit;
        for (let index = 0; index < glob.length; index += 1) {
          const character = glob.charAt(index);
          if (character === "*") {
            // A run of stars is one star.
            if (glob.charAt(index + 1) === "*") continue;
            star |= bit;
            if (index === glob.length - 1) finalStars.push(bit);
          } else if (character === "?") anyOne |= bit;
          else this.#literal.set(character, this.#wants(character) | bit);
          bit <<= 1n;
        }
        atEnd |= bit;
        bit <<= 1n;
        places += glob.length + 1;
      }
      const group = { first: globs[0] ?? "", mask: bit - from, done: isDone };
      groups.push(group);
      for (const each of finalStars) {
        finalStar |= each;
        this.#groupOfFinalStar.set(each, group);
      }
    }
    this.#groups = groups;
    this.#steps = steps;
    this.#stepsToLeave = steps.left / 4;
    this.#anyOne = anyOne;
    this.#star = star;
    this.#finalStar = finalStar;
    this.#done = done;
    this.#atEnd = atEnd;
    this.#stepWork = 4 + (places >>> 6);
    this.#start = this.#stateAt(this.#collapsed(this.#skipStars(start)));
  }

  divide(shape: readonly string[]): GlobClass[] {
    const classes = new Map<bigint, Strings>();
    this.#start.strings = { count: 1n, example: "" };
    let layer: readonly State[] = [this.#start];
    let following = stringsOf(shape);
    for (const characters of shape) {
      layer = this.#undecided(layer, classes, following);
      const next = this.#next(layer, characters);
      if (next === undefined) {
        const count = layer.reduce((sum, { strings }) => sum + strings.count, 0n) * following;
        return [...this.#classes(classes), { matched: new Set(), count, example: "…", isUndecided: true }];
      }
      layer = next;
      following /= BigInt(characters.length);
    }
    for (const { places, strings } of layer) this.#add(classes, places, strings);
    return this.#classes(classes);
  }

  #classes(classes: ReadonlyMap<bigint, Strings>): GlobClass[] {
    return [...classes].map(([places, { count, example }]) => {
      const matched = this.#groups.flatMap(({ done, first }) => ((places & done) === 0n ? [] : first));
      return { matched: new Set(matched), count, example };
    });
  }

  /** Whatever follows, the groups that are done go on matching and the others are out: such states are decided. */
  #undecided(layer: readonly State[], classes: Map<bigint, Strings>, following: bigint): readonly State[] {
    if (!layer.some(({ isDecided }) => isDecided)) return layer;
    return layer.filter(({ isDecided, places, strings: { count, example } }) => {
      if (isDecided)
        this.#add(classes, places & this.#done, { count: count * following, example: `${example}…` });
      return !isDecided;
    });
  }

  /** The states that one more of these characters leads to, each with its strings. */
  #next(layer: readonly State[], characters: string): State[] | undefined {
    const next = new Map<State, Strings>();
    for (const state of layer) {
      if (this.#steps.left < this.#stepsToLeave) return undefined;
      const { count, example } = state.strings;
      for (const { to, ways, character } of this.#movesOf(state, characters)) {
        const there = next.get(to);
        if (there === undefined) next.set(to, { count: count * ways, example: example + character });
        else there.count += count * ways;
        this.#steps.take(1);
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
      else moves.push({ to: this.#step(state, character), ways: 1n, character });
    }
    if (unseen !== "") {
      const character = unseen.charAt(0);
      moves.push({ to: this.#step(state, character), ways: BigInt(unseen.length), character });
    }
    state.moves.set(characters, moves);
    return moves;
  }

  /** Adds strings to the class of the groups that match them: done, or at the end of one of their globs. */
  #add(classes: Map<bigint, Strings>, places: bigint, { count, example }: Strings): void {
    let matched = places & this.#done;
    if ((places & this.#atEnd) !== 0n) {
      for (const { mask, done } of this.#groups) if ((places & mask & this.#atEnd) !== 0n) matched |= done;
    }
    const there = classes.get(matched);
    if (there === undefined) classes.set(matched, { count, example });
    else there.count += count;
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
    this.#steps.take(this.#stepWork);
    const moved = (places & (this.#wants(character) | this.#anyOne)) << 1n;
    const stays = places & (this.#star | this.#done);
    return this.#stateAt(this.#collapsed(this.#skipStars(moved | stays)));
  }

  /** A group of which one glob is at its final star needs no other place. */
  #collapsed(places: bigint): bigint {
    let collapsed = places;
    for (let reached = places & this.#finalStar; reached !== 0n; reached = collapsed & this.#finalStar) {
      const group = this.#groupOfFinalStar.get(reached & -reached);
      if (group === undefined) throw new Error("a final star is of no group");
      collapsed = (collapsed & ~group.mask) | group.done;
    }
    return collapsed;
  }

  #skipStars(places: bigint): bigint {
    return places | ((places & this.#star) << 1n);
  }

  #stateAt(places: bigint): State {
    const key = places.toString(32);
    const known = this.#states.get(key);
    if (known !== undefined) return known;
    const isDecided = (places & ~(this.#done | this.#atEnd)) === 0n;
    const state = { places, isDecided, moves: new Map(), strings: { count: 0n, example: "" } };
    this.#states.set(key, state);
    return state;
  }
}

/** Globs that are alike: their places, and the one that says that they match. */
interface Group {
  readonly first: string;
  readonly mask: bigint;
  readonly done: bigint;
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
  /** How many of the characters lead there, and one of them. */
  readonly ways: bigint;
  readonly character: string;
}

/** How many strings are taken together, and one of them. */
interface Strings {
  count: bigint;
  readonly example: string;
}
