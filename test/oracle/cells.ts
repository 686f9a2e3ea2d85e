import { partitionOfRegion } from "@kms-guard/core/aws/partitions.ts";
import { foreignAccounts, ownAccount } from "./accounts.ts";
import { read, type State, startOf } from "./glob.ts";
import { countIds } from "./key-ids.ts";
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
  readonly keys: readonly KeyGroup[];
  /** The statements that apply to an alias that nobody names. */
  readonly alias: Applying;
}

/** Upper case, and characters that stand together in no key id. */
const ALIAS = "alias/Zz_Qq/Xx";

const NAMED_KEY = /^arn:[^:]+:kms:[^:]*:[^:]*:key\/([A-Za-z0-9-]+)$/;

/** Every Region of the setting and every one of the partition that a document names, by every account. */
export function cellsOf(statements: readonly Statement[], setting: Setting): readonly Cell[] {
  const patterns = [...new Set(statements.flatMap(({ resources }) => resources))];
  const allowed = statements.flatMap((statement) =>
    statement.effect === "Allow" && !statement.isNot ? statement.resources : [],
  );
  const ids = new Set(allowed.flatMap((pattern) => NAMED_KEY.exec(pattern)?.[1] ?? []));
  const starts = patterns.map((pattern) => read(startOf(pattern), `arn:${setting.account.partition}:kms:`));
  const regions = new Set([...setting.knownRegions, ...setting.regions, ...regionsNamed(patterns, setting)]);
  const known = new Map<string, readonly Omit<Cell, "region">[]>();
  return [...regions].flatMap((region) => {
    const states = starts.map((state) => read(state, `${region}:`));
    const applies = statements.map((statement) => statement.appliesIn(region));
    const key = `${states.map(({ id }) => id).join()} ${applies.join()}`;
    const cells = known.get(key) ?? cellsAt(states);
    known.set(key, cells);
    return cells.map((cell) => ({ ...cell, region }));

    function cellsAt(afterRegion: readonly State[]): Omit<Cell, "region">[] {
      const own = ownAccount(afterRegion, setting.account.id);
      const foreign = foreignAccounts(afterRegion, setting.account.id);
      return [own, ...foreign].map((account, n) => {
        const key = account.map((state) => read(state, ":key/"));
        const alias = account.map((state) => read(state, `:${ALIAS}`).accepts);
        const groups = countIds(key).map((group) => ({ ...group, applying: applying(group.matched) }));
        const named = [...ids].map((id) => key.map((state) => read(state, id).accepts));
        const single = named.map((matched) => ({ applying: applying(matched), single: 0n, multi: 0n }));
        return { isOwn: n === 0, keys: [...groups, ...single], alias: applying(alias) };
      });
    }

    /** The statements that apply where these patterns match. */
    function applying(matched: readonly boolean[]): Applying {
      const isMatched = (pattern: string) => matched[patterns.indexOf(pattern)] === true;
      return bits(
        statements.map(
          ({ resources, isNot }, n) => applies[n] === true && resources.some(isMatched) !== isNot,
        ),
      );
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

function regionsNamed(patterns: readonly string[], { account }: Setting): readonly string[] {
  const named = patterns.flatMap((pattern) => /^arn:[^:]+:kms:([a-z0-9-]+):/.exec(pattern)?.[1] ?? []);
  return named.filter((region) => partitionOfRegion(region) === account.partition);
}
