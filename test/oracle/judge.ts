import * as actions from "./actions.ts";
import { applyingToStar, type Cell, cellsOf, type KeyGroup, type Setting } from "./cells.ts";
import type { Holds } from "./conditions.ts";
import { ALL_IDS } from "./key-ids.ts";
import { readStatements, type Statement, type WrittenDocument } from "./statements.ts";

export interface Judgement {
  /** `unsure`: the document has something that is not judged here. */
  readonly name: "full" | "near-full" | "conditional-full" | "escalation" | "scoped-full" | "none" | "unsure";
  /** Of `conditional-full`: its conditions always hold. */
  readonly vacuous: boolean;
  /** The part, from 0 to 1, of the account's single-Region keys in the counted Regions on which it grants all three powers or every key action. */
  readonly share: number;
}

/** The exact verdict on one identity policy document. */
export function judge(document: WrittenDocument, setting: Setting): Judgement {
  const statements = readStatements(document);
  if (statements === undefined) return { name: "unsure", vacuous: false, share: 0 };
  const cells = cellsOf(statements, setting);
  const at = (counting: readonly Holds[]) => new Grants(statements, cells, setting, counting);
  const unconditional = at(["unconditional"]);
  const always = at(["unconditional", "always"]);
  const sometimes = at(["unconditional", "always", "sometimes"]);
  const verdict = (name: Judgement["name"], grants: Grants, vacuous = false) => ({
    name,
    vacuous,
    share: grants.share(),
  });
  if (unconditional.isFull()) return verdict("full", unconditional);
  if (unconditional.isNearFull()) return verdict("near-full", unconditional);
  if (always.isFull() || always.isNearFull()) return verdict("conditional-full", always, true);
  if (sometimes.isFull() || sometimes.isNearFull()) return verdict("conditional-full", sometimes);
  if (always.isEscalation()) return verdict("escalation", always);
  if (always.isScopedFull()) return verdict("scoped-full", always);
  return verdict("none", always);
}

const has = (wanted: actions.Actions) => (granted: actions.Actions) => actions.hasAny(granted, wanted);
const reads = has(actions.READ);
const handsOver = has(actions.HAND_OVER);
const destroys = has(actions.DESTROY);
const putsKeyPolicy = has(actions.PUT_KEY_POLICY);
const uses = has(actions.USE);
const createsGrants = has(actions.CREATE_GRANT);

const hasAllPowers = (granted: actions.Actions) => reads(granted) && handsOver(granted) && destroys(granted);
const hasEveryKeyAction = (granted: actions.Actions) => actions.hasAll(granted, actions.KEY_ONLY);

/** What a document grants where Allows of some kinds count. */
class Grants {
  readonly #statements: readonly Statement[];
  readonly #cells: readonly Cell[];
  readonly #setting: Setting;
  readonly #counting: readonly Holds[];
  readonly #granted = new Map<number, actions.Actions>();

  constructor(
    statements: readonly Statement[],
    cells: readonly Cell[],
    setting: Setting,
    counting: readonly Holds[],
  ) {
    this.#statements = statements;
    this.#cells = cells;
    this.#setting = setting;
    this.#counting = counting;
  }

  isFull(): boolean {
    const { knownRegions, regions } = this.#setting;
    const everywhere = [...new Set([...knownRegions, ...regions])];
    const cells = this.#cells.filter(({ region }) => everywhere.includes(region));
    return (
      everywhere.every((region) => this.#isStarCovered(region)) &&
      cells.every(({ alias }) => actions.hasAll(this.#grantedBy(alias), actions.ALIAS)) &&
      cells.every(({ keys }) => this.#isCovered(keys))
    );
  }

  isNearFull(): boolean {
    const powers = [reads, handsOver, destroys];
    return (
      powers.every((power) => this.#isOnHalf(power)) ||
      this.#isOnHalf((granted) => putsKeyPolicy(granted) && uses(granted))
    );
  }

  isEscalation(): boolean {
    return (
      this.#isOnHalf(putsKeyPolicy) || this.#isOnHalf((granted) => createsGrants(granted) && reads(granted))
    );
  }

  isScopedFull(): boolean {
    const keys = this.#cells.flatMap((cell) => cell.keys);
    const powers = [reads, handsOver, destroys].filter((power) => this.#isOnHalf(power));
    return keys.some((group) => this.#isScope(group)) || powers.length >= 2;
  }

  share(): number {
    const parts = this.#counted().map(
      ({ keys }) => this.#count(keys, (group) => this.#isScope(group)).single,
    );
    const all = ALL_IDS * BigInt(parts.length);
    return Number((parts.reduce((sum, part) => sum + part, 0n) * 1_000_000n) / all) / 1_000_000;
  }

  /** The cells of the own account in the counted Regions. */
  #counted(): readonly Cell[] {
    return this.#cells.filter(({ region, isOwn }) => isOwn && this.#setting.regions.includes(region));
  }

  #isStarCovered(region: string): boolean {
    return actions.hasAll(this.#grantedBy(applyingToStar(this.#statements, region)), actions.STAR_ONLY);
  }

  /** Every action that takes a key, on all but less than a thousandth of the ids of either kind. */
  #isCovered(keys: readonly KeyGroup[]): boolean {
    const missing = this.#count(keys, ({ applying }) => {
      return !actions.hasAll(this.#grantedBy(applying), actions.ON_KEYS);
    });
    return missing.single * 1_000n < ALL_IDS && missing.multi * 1_000n < ALL_IDS;
  }

  /** In every counted Region, for at least half of the single-Region ids. */
  #isOnHalf(test: (granted: actions.Actions) => boolean): boolean {
    const isGranted = ({ applying }: KeyGroup) => test(this.#grantedBy(applying));
    return this.#counted().every(({ keys }) => 2n * this.#count(keys, isGranted).single >= ALL_IDS);
  }

  #isScope({ applying }: KeyGroup): boolean {
    const granted = this.#grantedBy(applying);
    return hasEveryKeyAction(granted) || hasAllPowers(granted);
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
      ({ effect, holds }) => effect === "Allow" && this.#counting.includes(holds),
    );
    const denies = applied.filter(({ effect }) => effect === "Deny");
    const union = (of: readonly Statement[]) => of.reduce((set, statement) => set | statement.actions, 0n);
    const granted = union(allows) & ~union(denies);
    this.#granted.set(applying, granted);
    return granted;
  }
}
