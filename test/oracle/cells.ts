import { partitionOfRegion } from "@kms-guard/core/aws/partitions.ts";
import { foreignAccounts } from "./accounts.ts";
import { read, startOf } from "./glob.ts";
import { countIds } from "./key-ids.ts";
import { remembering } from "./remember.ts";
import { isAllStars, type Statement } from "./statements.ts";

export interface Setting {
  readonly account: { readonly id: string; readonly partition: string };
  /** The Regions that are counted. */
  readonly regions: readonly string[];
  /** All Regions of the partition. */
  readonly knownRegions: readonly string[];
}

/** Statements that apply: bit n is the nth of the document. */
type Applying = number;

/** The keys of one cell to which the same statements apply. A key that only a policy names has no count. */
export interface KeyGroup {
  readonly applying: Applying;
  readonly single: bigint;
  readonly multi: bigint;
}

/** The keys of one Region and account, or of all accounts that no pattern tells apart. */
export interface Cell {
  readonly region: string;
  readonly isOwn: boolean;
  /** How many accounts these are. */
  readonly accounts: number;
  readonly keys: readonly KeyGroup[];
  /** The statements that apply to an alias that nobody names. */
  readonly alias: Applying;
}

/** Upper case, and characters that stand together in no key id. */
const ALIAS = "alias/Zz_Qq/Xx";

const ONE_ID = /^[A-Za-z0-9-]+$/;

/** Every Region of the setting, and those of the partition that a statement on KMS names. */
export function regionsFor(statements: readonly Statement[], setting: Setting): readonly string[] {
  const patterns = statements.flatMap(({ actions, resources }) => (actions === 0n ? [] : resources));
  const named = patterns.flatMap((pattern) => /^arn:[^:]+:kms:([a-z0-9-]+):/.exec(pattern)?.[1] ?? []);
  const here = named.filter((region) => partitionOfRegion(region) === setting.account.partition);
  return [...new Set([...setting.knownRegions, ...setting.regions, ...here])];
}

/** The cells of every one of the Regions by every account. */
export function cellsOf(
  statements: readonly Statement[],
  regions: readonly string[],
  setting: Setting,
): readonly Cell[] {
  const start = read(
    startOf(statements.map(({ resources }) => resources)),
    `arn:${setting.account.partition}:kms:`,
  );
  const cellsIn = remembering<readonly Omit<Cell, "region">[]>();
  return regions.flatMap((region) => {
    const afterRegion = read(start, `${region}:`);
    const applies = statements.map((statement) => statement.appliesIn(region));
    const cells = cellsIn(`${afterRegion.id} ${applies.join()}`, () => {
      const own = [read(afterRegion, setting.account.id), 1] as const;
      const foreign = foreignAccounts(afterRegion, setting.account.id);
      return [own, ...foreign].map(([account, accounts], n) => {
        const key = read(account, ":key/");
        const groups = countIds(key).map(({ matched, single, multi }) => {
          return { applying: applying(matched), single, multi };
        });
        const ids = new Set(key.of.flatMap(({ rests }) => rests.filter((rest) => ONE_ID.test(rest))));
        const named = [...ids].map((id) => {
          return { applying: applying(read(key, id).accepts), single: 0n, multi: 0n };
        });
        const alias = applying(read(account, `:${ALIAS}`).accepts);
        return { isOwn: n === 0, accounts, keys: [...groups, ...named], alias };
      });
    });
    return cells.map((cell) => ({ ...cell, region }));

    /** The statements that apply where the patterns of these match. */
    function applying(matched: readonly boolean[]): Applying {
      return bits(statements.map(({ isNot }, n) => applies[n] === true && matched[n] !== isNot));
    }
  });
}

/** The statements that apply to the actions that take no resource, in one Region. */
export function applyingToStar(statements: readonly Statement[], region: string): Applying {
  return bits(
    statements.map(
      ({ resources, isNot, appliesIn }) => appliesIn(region) && resources.some(isAllStars) !== isNot,
    ),
  );
}

const bits = (flags: readonly boolean[]): Applying =>
  flags.reduce((set, flag, n) => (flag ? set | (1 << n) : set), 0);
