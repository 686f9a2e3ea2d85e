import fc from "fast-check";
import { expect, test } from "vitest";
import { answersOn } from "../oracle/agreement.ts";
import { policyDocumentsIn } from "../oracle/made/documents.ts";
import { SETTING, SETTINGS } from "../oracle/setting.ts";

/** In each setting; in the one that most accounts have, twice as often. */
const cases = fc.oneof(
  ...[SETTING, ...Object.values(SETTINGS)].map((setting) =>
    fc.record({ setting: fc.constant(setting), document: policyDocumentsIn(setting) }),
  ),
);

test("the evaluator gives the verdicts of the oracle", () => {
  const given = { documents: 0, undecided: 0 };
  fc.assert(
    fc.property(cases, ({ setting, document }) => {
      const { evaluator, oracle, agree, shareAgrees } = answersOn(document, setting);
      given.documents += 1;
      if (evaluator === "invalid" || oracle === "unsure") given.undecided += 1;
      else expect(agree && shareAgrees ? oracle : evaluator).toBe(oracle);
    }),
    { numRuns: fc.readConfigureGlobal().numRuns ?? 20_000 },
  );
  expect(given.undecided).toBeLessThan(10 + given.documents / 1_000);
});
