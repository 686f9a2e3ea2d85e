import fc from "fast-check";
import { expect, test } from "vitest";
import { answersOn } from "../oracle/agreement.ts";
import { policyDocument } from "../oracle/documents.ts";

test("the evaluator gives the verdicts of the oracle", () => {
  const given = { documents: 0, undecided: 0 };
  fc.assert(
    fc.property(policyDocument, (document) => {
      const { evaluator, oracle } = answersOn(document);
      given.documents += 1;
      if (evaluator === "invalid" || oracle === "unsure") given.undecided += 1;
      else expect(evaluator).toBe(oracle);
    }),
    { numRuns: fc.readConfigureGlobal().numRuns ?? 20_000 },
  );
  expect(given.undecided).toBeLessThan(given.documents / 500);
});
