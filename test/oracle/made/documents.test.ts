import fc from "fast-check";
import { expect, test } from "vitest";
import { judge } from "../judge.ts";
import { SETTING } from "../setting.ts";
import { shrink } from "../shrink.ts";
import { policyDocumentsIn } from "./documents.ts";

test("the documents are worth comparing: every verdict comes often, and the oracle judges each", () => {
  const seen = new Map<string, number>();
  for (const document of fc.sample(policyDocumentsIn(SETTING), { numRuns: 1000, seed: 1 })) {
    const { name, vacuous } = judge(document, SETTING);
    const verdict = vacuous ? "vacuous" : name;
    seen.set(verdict, (seen.get(verdict) ?? 0) + 1);
  }
  const verdicts = ["full", "near-full", "vacuous", "conditional-full", "escalation", "scoped-full", "none"];
  for (const verdict of verdicts) expect(seen.get(verdict) ?? 0, verdict).toBeGreaterThan(20);
  expect([...seen.keys()].toSorted()).toEqual(verdicts.toSorted());
});

test("the smallest document with a verdict: nothing can be left out", () => {
  const smallest = shrink(
    {
      Version: "2012-10-17",
      Statement: [
        { Effect: "Deny", Action: "kms:Sign", Resource: "*" },
        {
          Effect: "Allow",
          Action: ["kms:Sign", "kms:Verify", "kms:PutKeyPolicy", "kms:CreateKey"],
          Resource: ["*", "arn:aws:s3:::*"],
          Condition: {
            Bool: { "aws:SecureTransport": "true" },
            StringLike: { "aws:RequestedRegion": ["us-*", "*", "eu-*"] },
          },
        },
      ],
    },
    (document) => judge(document, SETTING).name === "escalation",
  );
  expect(smallest.Statement).toEqual([{ Effect: "Allow", Action: ["kms:PutKeyPolicy"], Resource: ["*"] }]);
});
