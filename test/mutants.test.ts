import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { apply, MUTANTS } from "./mutate/mutants.ts";

const read = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), "utf8");

test.each(MUTANTS)("$file: $rule", (mutant) => {
  expect(apply(mutant, read(mutant.file))).not.toBe(read(mutant.file));
});

test.each([
  ["nowhere", "const a = 1;", "is 0 times in"],
  ["twice", "one or one", "is 2 times in"],
])("a text that is found %s is refused", (_, text, problem) => {
  const mutant = { file: "packages/core/src/a.ts", find: "one", replace: "two", rule: "None." };
  expect(() => apply(mutant, text)).toThrow(problem);
});

test("no two mutants are the same", () => {
  const all = MUTANTS.map(({ file, find, replace }) => JSON.stringify([file, find, replace]));
  expect(new Set(all).size).toBe(all.length);
});
