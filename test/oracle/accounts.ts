import { charactersIn, read, type States } from "./glob.ts";
import { remembering } from "./remember.ts";

const DIGITS: ReadonlySet<string> = new Set("0123456789");

/** How many account numbers there are. */
export const ALL_ACCOUNTS = 10 ** 12;

const remembered = remembering<ReadonlyMap<States, number>>();

/** The states after the number of an account other than `own`, and how many numbers lead to each. */
export function foreignAccounts(start: States, own: string): ReadonlyMap<States, number> {
  return remembered(`${own} ${start.id}`, () => {
    const mentioned = charactersIn(start, DIGITS);
    let ownStates = start;
    let foreign = new Map<States, number>();
    for (const place of own) {
      const next = new Map<States, number>();
      const add = (states: States, digits: Iterable<string>, count: number) => {
        for (const [digit, times] of weighted(digits, mentioned)) {
          const after = read(states, digit);
          next.set(after, (next.get(after) ?? 0) + count * times);
        }
      };
      for (const [states, count] of foreign) add(states, DIGITS, count);
      add(
        ownStates,
        [...DIGITS].filter((digit) => digit !== place),
        1,
      );
      ownStates = read(ownStates, place);
      foreign = next;
    }
    return foreign;
  });
}

/** The digits that are mentioned, and one for all others: what is true of it is true of each. */
function weighted(digits: Iterable<string>, mentioned: ReadonlySet<string>): (readonly [string, number])[] {
  const all = [...digits];
  const others = all.filter((digit) => !mentioned.has(digit));
  const alone = all.filter((digit) => mentioned.has(digit)).map((digit) => [digit, 1] as const);
  return others[0] === undefined ? alone : [...alone, [others[0], others.length]];
}
