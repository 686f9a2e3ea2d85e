import { expect, test } from "vitest";
import { foreignAccounts } from "./accounts.ts";
import { startOf } from "./glob.ts";

const OWN = "111122223333";

/** Whether there are foreign accounts that a glob matches, and such that it does not. */
function foreign(glob: string) {
  const accepted = foreignAccounts(startOf([[glob]]), OWN).map(({ accepts }) => accepts[0]);
  return { matched: accepted.includes(true), unmatched: accepted.includes(false) };
}

test.each([
  ["*", true, false],
  ["????????????", true, false],
  ["???????????", false, true],
  ["999900001111", true, true],
  ["9*", true, true],
  ["*2", true, true],
  [OWN, false, true],
  ["key", false, true],
])("%s: matches some %j, leaves some out %j", (glob, matched, unmatched) => {
  expect(foreign(glob)).toEqual({ matched, unmatched });
});
