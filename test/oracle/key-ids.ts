import { charactersIn, onlyWith, type State, step } from "./glob.ts";

/** `x` is any hex digit, another character itself. */
const SINGLE_REGION = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
const MULTI_REGION = `mrk-${"x".repeat(32)}`;
const HEX = "0123456789abcdef";
const ID_CHARACTERS: ReadonlySet<string> = new Set(`${HEX}mrk-`);

/** How many ids there are of either kind. */
export const ALL_IDS = 16n ** 32n;

/** The ids that exactly the same globs match. */
export interface IdGroup {
  /** For each state given: whether these ids match what is left of its glob. */
  readonly matched: readonly boolean[];
  readonly single: bigint;
  readonly multi: bigint;
}

const counted = new Map<string, readonly IdGroup[]>();

/** All key ids, grouped by which of the states they lead to an end. Exact. */
export function countIds(states: readonly State[]): readonly IdGroup[] {
  const useful = states.map((state) => onlyWith(state, ID_CHARACTERS));
  const distinct = [...new Set(useful)].sort((a, b) => a.id - b.id);
  const places = useful.map((state) => distinct.indexOf(state));
  return countDistinct(distinct).map(({ matched, ...counts }) => ({
    ...counts,
    matched: places.map((place) => matched[place] === true),
  }));
}

function countDistinct(states: readonly State[]): readonly IdGroup[] {
  const key = states.map(({ id }) => id).join();
  const known = counted.get(key);
  if (known !== undefined) return known;
  const groups = new Map<string, IdGroup>();
  const add = (reached: Reached, single: bigint, multi: bigint) => {
    const matched = reached.states.map(({ accepts }) => accepts);
    const before = groups.get(matched.join()) ?? { matched, single: 0n, multi: 0n };
    groups.set(matched.join(), { matched, single: before.single + single, multi: before.multi + multi });
  };
  for (const reached of readAll(states, SINGLE_REGION)) add(reached, reached.count, 0n);
  for (const reached of readAll(states, MULTI_REGION)) add(reached, 0n, reached.count);
  const result = [...groups.values()];
  counted.set(key, result);
  return result;
}

/** The states after the same part of an id, and how many such parts lead there. */
interface Reached {
  readonly states: readonly State[];
  count: bigint;
}

function readAll(start: readonly State[], shape: string): Iterable<Reached> {
  const mentioned = [...charactersIn(start)].filter((character) => HEX.includes(character));
  const other = [...HEX].find((digit) => !mentioned.includes(digit));
  const digits: (readonly [string, bigint])[] = mentioned.map((digit) => [digit, 1n]);
  if (other !== undefined) digits.push([other, BigInt(HEX.length - mentioned.length)]);
  let layer = new Map<string, Reached>([["", { states: start, count: 1n }]]);
  for (const place of shape) {
    const next = new Map<string, Reached>();
    for (const { states, count } of layer.values()) {
      for (const [character, times] of place === "x" ? digits : ([[place, 1n]] as const)) {
        const after = states.map((state) => step(state, character));
        const key = after.map(({ id }) => id).join();
        const same = next.get(key);
        if (same === undefined) next.set(key, { states: after, count: count * times });
        else same.count += count * times;
      }
    }
    layer = next;
  }
  return layer.values();
}
