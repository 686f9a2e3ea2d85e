import { expect, test } from "vitest";
import { startOf } from "./glob.ts";
import { ALL_IDS, countIds } from "./key-ids.ts";

/** How many ids match every one of the globs. */
function matchAll(...globs: string[]) {
  const groups = countIds(startOf(globs.map((glob) => [glob]))).filter(({ matched }) =>
    matched.every(Boolean),
  );
  return {
    single: groups.reduce((sum, { single }) => sum + single, 0n),
    multi: groups.reduce((sum, { multi }) => sum + multi, 0n),
  };
}

/** Of a glob: how many single-Region ids and multi-Region ids match it. */
test.each([
  ["*", ALL_IDS, ALL_IDS],
  ["mrk-*", 0n, ALL_IDS],
  ["*mrk*", 0n, ALL_IDS],
  ["k*", 0n, 0n],
  ["a*", ALL_IDS / 16n, 0n],
  ["mrk-ab*", 0n, ALL_IDS / 256n],
  ["*ab", ALL_IDS / 256n, ALL_IDS / 256n],
  ["????????-*", ALL_IDS, 0n],
  ["????-????", 0n, 0n],
  ["*-*-*-*-*", ALL_IDS, 0n],
  ["*-*-4*-*-*", ALL_IDS / 16n, 0n],
  ["0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0", 1n, 0n],
  ["0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f", 0n, 0n],
  ["mrk-0f1e2d3c4b5a69788796a5b4c3d2e1f0", 0n, 1n],
  ["mrk-0f1e2d3c4b5a69788796a5b4c3d2e1?0", 0n, 16n],
  ["0F*", 0n, 0n],
])("%s", (glob, single, multi) => {
  expect(matchAll(glob)).toEqual({ single, multi });
});

test("a digit somewhere: all ids but those without it", () => {
  expect(matchAll("*a*")).toEqual({ single: ALL_IDS - 15n ** 32n, multi: ALL_IDS - 15n ** 32n });
  expect(matchAll("*?a*").multi).toBe(ALL_IDS - 15n ** 32n);
  // Nothing is before the first digit of a UUID.
  expect(matchAll("*?a*").single).toBe(ALL_IDS - 16n * 15n ** 31n);
});

test("two globs at once: those that match both", () => {
  expect(matchAll("a*", "*b").single).toBe(ALL_IDS / 256n);
  expect(matchAll("a*", "b*").single).toBe(0n);
  expect(matchAll("a*", "ab*").single).toBe(ALL_IDS / 256n);
});

test("every id is in one group", () => {
  const groups = countIds(startOf([["*a*"], ["*ab"], ["mrk-*", "0*"]]));
  expect(groups.reduce((sum, { single }) => sum + single, 0n)).toBe(ALL_IDS);
  expect(groups.reduce((sum, { multi }) => sum + multi, 0n)).toBe(ALL_IDS);
});
