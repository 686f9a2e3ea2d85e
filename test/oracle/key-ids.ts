import { charactersIn, onlyWith, read, type States } from "./glob.ts";
import { remembering } from "./remember.ts";

/** `x` is any hex digit, another character itself. */
const SINGLE_REGION = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
const MULTI_REGION = `mrk-${"x".repeat(32)}`;
const HEX: ReadonlySet<string> = new Set("0123456789abcdef");
const ID_CHARACTERS: ReadonlySet<string> = new Set([...HEX, ..."mrk-"]);

/** How many ids there are of either kind. */
export const ALL_IDS = 16n ** 32n;

/** The ids that exactly the same lists of globs match. */
export interface IdGroup {
  /** For each list: whether these ids match what is left of one of its globs. */
  readonly matched: readonly boolean[];
  readonly single: bigint;
  readonly multi: bigint;
}

/** All key ids, counted exactly: one group for each combination of lists that match. */
export function countIds(start: States): readonly IdGroup[] {
  const { states, places } = onlyWith(start, ID_CHARACTERS);
  return countDistinct(states).map(({ matched, single, multi }) => {
    return { matched: places.map((place) => matched[place] === true), single, multi };
  });
}

const remembered = remembering<readonly IdGroup[]>();

function countDistinct(start: States): readonly IdGroup[] {
  return remembered(String(start.id), () => {
    const groups = new Map<string, IdGroup>();
    const add = (matched: readonly boolean[], single: bigint, multi: bigint) => {
      const before = groups.get(matched.join()) ?? { matched, single: 0n, multi: 0n };
      groups.set(matched.join(), { matched, single: before.single + single, multi: before.multi + multi });
    };
    for (const [{ accepts }, count] of readAll(start, SINGLE_REGION)) add(accepts, count, 0n);
    for (const [{ accepts }, count] of readAll(start, MULTI_REGION)) add(accepts, 0n, count);
    return [...groups.values()];
  });
}

/** The states after all ids of a shape, and how many ids lead to each. */
function readAll(start: States, shape: string): ReadonlyMap<States, bigint> {
  const mentioned = charactersIn(start, ID_CHARACTERS);
  const others = [...HEX].filter((digit) => !mentioned.has(digit));
  const digits = [...HEX].flatMap((digit): [string, bigint][] => (mentioned.has(digit) ? [[digit, 1n]] : []));
  // What is true of one of the others is true of each.
  if (others[0] !== undefined) digits.push([others[0], BigInt(others.length)]);
  let layer = new Map([[start, 1n]]);
  for (const place of shape) {
    const next = new Map<States, bigint>();
    for (const [states, count] of layer) {
      for (const [character, times] of place === "x" ? digits : ([[place, 1n]] as const)) {
        const after = read(states, character);
        next.set(after, (next.get(after) ?? 0n) + count * times);
      }
    }
    layer = next;
  }
  return layer;
}
