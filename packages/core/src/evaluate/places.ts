import { partitionOfRegion } from "../aws/partitions.ts";
import type { Account } from "../policy/policy.ts";
import { globMatches, hasWildcard } from "../text/glob.ts";
import type { Dimension } from "./conditions/condition-block.ts";
import type { Steps } from "./glob-automaton.ts";
import { divided, stringsOf } from "./glob-automaton.ts";

/** Regions that are the same to every pattern and condition. */
export interface RegionClass {
  readonly names: readonly string[];
  /** The patterns that match them. */
  readonly matched: ReadonlySet<string>;
  /** The numbers of the conditions that they do not meet. */
  readonly unmet: ReadonlySet<number>;
}

/** The known Regions of a partition and those that patterns and conditions mention, divided by these. */
export function regionClasses(
  patterns: ReadonlySet<string>,
  conditions: ReadonlyMap<number, Dimension>,
  known: readonly string[],
  steps: Steps,
): RegionClass[] | undefined {
  if (conditions.size === 0 && [...patterns].every((pattern) => pattern === "*"))
    return [{ names: known, matched: patterns, unmet: NONE_UNMET }];
  const written = [...patterns, ...[...conditions.values()].flatMap(({ mentioned }) => mentioned)];
  const mentioned = written.filter((each) => isAnotherRegion(each, known));
  const names = [...known, ...new Set(mentioned)];
  if (!steps.take(names.length * (patterns.size + conditions.size))) return undefined;
  const classes = new Map<string, RegionClass & { names: string[] }>();
  for (const name of names) {
    const matched = [...patterns].filter((pattern) => globMatches(pattern, name));
    const unmet = unmetBy(name, conditions);
    const signature = `${matched} ${unmet}`;
    const alike = classes.get(signature);
    if (alike === undefined)
      classes.set(signature, { names: [name], matched: new Set(matched), unmet: new Set(unmet) });
    else alike.names.push(name);
  }
  return [...classes.values()];
}

/** A Region that this version does not know; one of another partition is none. */
function isAnotherRegion(text: string, known: readonly string[]): boolean {
  const [first = ""] = known;
  return (
    /^[a-z]{2,}(?:-[a-z]+)+-\d+$/.test(text) &&
    !known.includes(text) &&
    partitionOfRegion(text) === partitionOfRegion(first)
  );
}

const NONE_UNMET: ReadonlySet<number> = new Set();

function unmetBy(name: string, conditions: ReadonlyMap<number, Dimension>): number[] {
  return [...conditions].flatMap(([of, { holds }]) => (holds(name) ? [] : of));
}

/** Accounts that are the same to every pattern and condition. */
export interface AccountClass {
  readonly own: boolean;
  /** How many accounts these are. */
  readonly count: bigint;
  /** One of them, and how a text shows it: `…` where it does not matter which. */
  readonly id: string;
  readonly example: string;
  readonly matched: ReadonlySet<string>;
  readonly unmet: ReadonlySet<number>;
}

/** All accounts but the foreign ones that patterns name, and these: there may be a hundred of them. */
export interface AccountClasses {
  readonly most: readonly AccountClass[];
  readonly named: readonly AccountClass[];
}

/** The accounts that resources may be in, the own and all others, divided by patterns and conditions. */
export function accountClasses(
  patterns: ReadonlySet<string>,
  conditions: ReadonlyMap<number, Dimension>,
  { id }: Account,
  steps: Steps,
): AccountClasses | undefined {
  const mentioned = [...conditions.values()].flatMap((condition) => condition.mentioned);
  const written = [...new Set([...patterns, ...mentioned])];
  const wild = written.filter(hasWildcard);
  const others = divided(
    wild.map((glob) => [glob]),
    ANY_ACCOUNT,
    steps,
  );
  if (others.some(({ isUndecided }) => isUndecided)) return undefined;
  const named = new Set(written.filter((each) => each !== id && isAccountId(each)));
  if (!steps.take((others.length + named.size + 1) * written.length)) return undefined;
  const classOf = (own: boolean, name: string): AccountClass => ({
    own,
    count: 1n,
    id: name,
    example: name,
    matched: new Set([...patterns].filter((pattern) => globMatches(pattern, name))),
    unmet: new Set(unmetBy(name, conditions)),
  });
  const foreign = others.flatMap(({ count, matched, example }): AccountClass[] => {
    const isTaken = example === id || named.has(example);
    // A class of one account has no other; a larger one has others, which meet the same patterns.
    if (isTaken && count === 1n) return [];
    const name = example.replace("…", "846193750282".slice(example.length - 1));
    return [
      {
        own: false,
        count,
        id: name,
        example: isTaken ? "…" : example,
        matched: new Set([...matched].filter((each) => patterns.has(each))),
        unmet: new Set(unmetBy(name, conditions)),
      },
    ];
  });
  return {
    most: [classOf(true, id), ...foreign],
    named: [...named].map((name) => classOf(false, name)),
  };
}

function isAccountId(text: string): boolean {
  return text.length === ANY_ACCOUNT.length && [...text].every((digit) => DIGITS.includes(digit));
}

const DIGITS = "0123456789";
const ANY_ACCOUNT: readonly string[] = Array.from({ length: 12 }, () => DIGITS);
/** How many account ids there may be. */
export const ACCOUNTS = stringsOf(ANY_ACCOUNT);
