import fc from "fast-check";
import { expect, it } from "vitest";
import { exampleTexts } from "./example-texts.ts";
import { atMost, UNLIMITED } from "./steps.ts";
import { matches, type TextPattern } from "./text-patterns.ts";

const texts = fc
  .array(fc.constantFrom(..."abAB:"), { maxLength: 9 })
  .map((characters) => characters.join(""));
const globs = fc
  .array(fc.constantFrom(..."abA:**?"), { maxLength: 8 })
  .map((characters) => characters.join(""));
const arns = fc
  .array(fc.constantFrom("", "*", "a", "a*", "?"), { minLength: 4, maxLength: 7 })
  .map((segments) => segments.join(":"));
const pattern: fc.Arbitrary<TextPattern> = fc.oneof(
  fc.record({ glob: globs, ignoreCase: fc.boolean(), isArn: fc.constant(false) }),
  fc.record({ glob: arns, ignoreCase: fc.constant(false), isArn: fc.constant(true) }),
);

it("some example matches the same patterns as any text does", () => {
  fc.assert(
    fc.property(fc.array(pattern, { maxLength: 3 }), globs, texts, (patterns, among, text) => {
      const possible = { glob: among, ignoreCase: false, isArn: false };
      const examples = exampleTexts(
        [among],
        patterns.map((one) => [one]),
        UNLIMITED,
      );
      if (examples === undefined) return false;
      const matching = (of: string) => patterns.map((one) => matches(one, of)).join();
      const areAllPossible = examples.every((example) => matches(possible, example));
      return (
        areAllPossible &&
        (!matches(possible, text) || examples.some((example) => matching(example) === matching(text)))
      );
    }),
    { numRuns: 1000 },
  );
});

it("there is no example where the steps are used up", () => {
  const like = (glob: string) => [{ glob, ignoreCase: false, isArn: false }];
  const groups = [like("*a????"), like("*b???")];
  expect(exampleTexts(["*"], groups, atMost(100))).toBeUndefined();
  expect(exampleTexts(["*"], groups, atMost(100_000))).toHaveLength(4);
});
