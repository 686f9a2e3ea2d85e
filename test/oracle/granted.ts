import { ALL_ACCOUNTS } from "./accounts.ts";
import * as actions from "./actions.ts";
import { applyingToStar, type Cell, type KeyGroup, type Setting } from "./cells.ts";
import type { Holds } from "./conditions.ts";
import { ALL_IDS } from "./key-ids.ts";
import type { Statement } from "./statements.ts";

const has = (wanted: actions.Actions) => (granted: actions.Actions) => actions.hasAny(granted, wanted);
const reads = has(actions.READ);
const handsOver = has(actions.HAND_OVER);
const destroys = has(actions.DESTROY);
const putsKeyPolicy = has(actions.PUT_KEY_POLICY);
const uses = has(actions.USE);
const createsGrants = has(actions.CREATE_GRANT);

const POWERS = [reads, handsOver, destroys];
const hasAllPowers = (granted: actions.Actions) => POWERS.every((power) => power(granted));
const putsKeyPolicyAndUses = (granted: actions.Actions) => putsKeyPolicy(granted) && uses(granted);
const createsGrantsAndReads = (granted: actions.Actions) => createsGrants(granted) && reads(granted);
const ESCALATIONS = [putsKeyPolicy, createsGrantsAndReads];

const ascending = (a: bigint, b: bigint) => (a < b ? -1 : 1);

/** Less than a thousandth. */
const isNegligible = (ids: bigint) => ids * 1_000n < ALL_IDS;

export interface Counting {
  /** The kinds of Allows that count. */
  readonly allows: readonly Holds[];
  /** This many ids in a Region less than half are half, too. */
  readonly slack: bigint;
}

/** What a document grants. */
export class Granted {
  readonly #statements: readonly Statement[];
  readonly #cells: readonly Cell[];
  readonly #setting: Setting;
  readonly #counting: Counting;
  readonly #granted = new Map<number, actions.Actions>();

  constructor(
    statements: readonly Statement[],
    cells: readonly Cell[],
    setting: Setting,
    counting: Counting,
  ) {
    this.#statements = statements;
    this.#cells = cells;
    this.#setting = setting;
    this.#counting = counting;
  }

  isFull(): boolean {
    const { knownRegions, regions } = this.#setting;
    const everywhere = [...new Set([...knownRegions, ...regions])];
    return everywhere.every((region) => {
      const missing = this.#cells.filter((cell) => cell.region === region && !this.#isCellCovered(cell));
      const foreign = missing.reduce((sum, { accounts }) => sum + accounts, 0);
      return (
        this.#isStarCovered(region) && !missing.some(({ isOwn }) => isOwn) && foreign * 1_000 < ALL_ACCOUNTS
      );
    });
  }

  /** In every counted Region: each power by itself, or PutKeyPolicy beside a use of the key. */
  isNearFull(): boolean {
    return POWERS.every((power) => this.#isOnHalf(power)) || this.#isOnHalf(putsKeyPolicyAndUses);
  }

  isEscalation(): boolean {
    return ESCALATIONS.some((escalates) => this.#isOnHalf(escalates));
  }

  /** The parts of the keys, 0 to 1, on which each question of scoped-full holds; one that does not is left out. */
  scopes(): readonly number[] {
    const keys = this.#cells.flatMap((cell) => cell.keys);
    const isSomewhere = keys.some(({ applying }) => hasAllPowers(this.#grantedBy(applying)));
    const powers = POWERS.map((power) => this.#part(power)).filter((part) => this.#isHalfOfAll(part));
    const escalations = ESCALATIONS.map((test) => this.#part(test)).filter((part) => this.#isHalfOfAll(part));
    const wide = [
      // Of two powers or three, the one on the fewest keys.
      ...(powers.length >= 2 ? powers.toSorted(ascending).slice(0, 1) : []),
      ...[this.#part(putsKeyPolicyAndUses)].filter((part) => this.#isHalfOfAll(part)),
      // PutKeyPolicy comes before CreateGrant.
      ...escalations.slice(0, 1),
    ];
    return [...(isSomewhere ? [this.#part(hasAllPowers)] : []), ...wide].map((part) => this.#share(part));
  }

  /** The same of what near-full asks of a key, on half of the keys of all counted Regions together. */
  nearFullTogether(): readonly number[] {
    const parts = [hasAllPowers, putsKeyPolicyAndUses].map((test) => this.#part(test));
    return parts.filter((part) => this.#isHalfOfAll(part)).map((part) => this.#share(part));
  }

  /** The cells of the own account in the counted Regions. */
  #counted(): readonly Cell[] {
    return this.#cells.filter(({ region, isOwn }) => isOwn && this.#setting.regions.includes(region));
  }

  #isStarCovered(region: string): boolean {
    return actions.hasAll(this.#grantedBy(applyingToStar(this.#statements, region)), actions.STAR_ONLY);
  }

  /** The alias actions, and every action that takes a key on all but a negligible part of the ids of either kind. */
  #isCellCovered({ keys, alias }: Cell): boolean {
    const missing = this.#count(keys, ({ applying }) => {
      return !actions.hasAll(this.#grantedBy(applying), actions.ON_KEYS);
    });
    return (
      actions.hasAll(this.#grantedBy(alias), actions.ALIAS) &&
      isNegligible(missing.single) &&
      isNegligible(missing.multi)
    );
  }

  /** In every counted Region, for at least half of the single-Region ids. */
  #isOnHalf(test: (granted: actions.Actions) => boolean): boolean {
    const isGranted = ({ applying }: KeyGroup) => test(this.#grantedBy(applying));
    return this.#counted().every(({ keys }) => {
      return 2n * (this.#count(keys, isGranted).single + this.#counting.slack) >= ALL_IDS;
    });
  }

  /** Of the single-Region ids of all counted Regions together, so many. */
  #part(test: (granted: actions.Actions) => boolean): bigint {
    const isGranted = ({ applying }: KeyGroup) => test(this.#grantedBy(applying));
    return this.#counted().reduce((sum, { keys }) => sum + this.#count(keys, isGranted).single, 0n);
  }

  #isHalfOfAll(part: bigint): boolean {
    const regions = BigInt(this.#counted().length);
    return 2n * (part + this.#counting.slack * regions) >= ALL_IDS * regions;
  }

  #share(part: bigint): number {
    return Number((part * 1_000_000n) / (ALL_IDS * BigInt(this.#counted().length))) / 1_000_000;
  }

  #count(keys: readonly KeyGroup[], test: (group: KeyGroup) => boolean) {
    const counted = keys.filter(test);
    return {
      single: counted.reduce((sum, { single }) => sum + single, 0n),
      multi: counted.reduce((sum, { multi }) => sum + multi, 0n),
    };
  }

  #grantedBy(applying: number): actions.Actions {
    const known = this.#granted.get(applying);
    if (known !== undefined) return known;
    const applied = this.#statements.filter((_, n) => ((applying >> n) & 1) === 1);
    const allows = applied.filter(
      ({ effect, holds }) => effect === "Allow" && this.#counting.allows.includes(holds),
    );
    const denies = applied.filter(({ effect }) => effect === "Deny");
    const union = (of: readonly Statement[]) => of.reduce((set, statement) => set | statement.actions, 0n);
    const granted = union(allows) & ~union(denies);
    this.#granted.set(applying, granted);
    return granted;
  }
}
