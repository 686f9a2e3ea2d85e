import { expect, test } from "vitest";
import { ALL_ACCOUNTS, foreignAccounts } from "./accounts.ts";
import { startOf } from "./glob.ts";

const OWN = "111122223333";

/** How many foreign accounts a glob matches. */
function matched(glob: string): number {
  const foreign = [...foreignAccounts(startOf([[glob]]), OWN)];
  expect(foreign.reduce((sum, [, count]) => sum + count, 0)).toBe(ALL_ACCOUNTS - 1);
  return foreign.reduce((sum, [{ accepts }, count]) => (accepts[0] === true ? sum + count : sum), 0);
}

test.each([
  ["*", ALL_ACCOUNTS - 1],
  ["????????????", ALL_ACCOUNTS - 1],
  ["???????????", 0],
  ["999900001111", 1],
  ["9*", ALL_ACCOUNTS / 10],
  ["1*", ALL_ACCOUNTS / 10 - 1],
  ["*33", ALL_ACCOUNTS / 100 - 1],
  [OWN, 0],
  ["key", 0],
])("%s", (glob, count) => {
  expect(matched(glob)).toBe(count);
});
