import { charactersIn, read, type State, startOf, step } from "./glob.ts";

const DIGITS = "0123456789";

const explored = new Map<string, readonly (readonly State[])[]>();

/** Every combination of states that the number of an account other than `own` leads to. */
export function foreignAccounts(states: readonly State[], own: string): readonly (readonly State[])[] {
  const key = `${own} ${states.map(({ id }) => id).join()}`;
  const known = explored.get(key);
  if (known !== undefined) return known;
  const start = [startOf(own), ...states];
  const mentioned = charactersIn(start);
  const other = [...DIGITS].find((digit) => !mentioned.has(digit));
  const digits = [...DIGITS].filter((digit) => mentioned.has(digit) || digit === other);
  let layer = new Map<string, readonly State[]>([["", start]]);
  for (let place = 0; place < own.length; place += 1) {
    const next = new Map<string, readonly State[]>();
    for (const before of layer.values()) {
      for (const digit of digits) {
        const after = before.map((state) => step(state, digit));
        next.set(after.map(({ id }) => id).join(), after);
      }
    }
    layer = next;
  }
  const foreign = [...layer.values()].flatMap(([ownState, ...rest]) => (ownState?.accepts ? [] : [rest]));
  explored.set(key, foreign);
  return foreign;
}

export function ownAccount(states: readonly State[], own: string): readonly State[] {
  return states.map((state) => read(state, own));
}
