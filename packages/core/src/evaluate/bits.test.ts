import { describe, expect, test } from "vitest";
import { Bits, placesSet } from "./bits.ts";

describe("Bits", () => {
  test.each([
    [[], 0n],
    [[0], 1n],
    [[0, 1, 3], 0b1011n],
    [[31, 32, 63, 64], (1n << 31n) | (1n << 32n) | (1n << 63n) | (1n << 64n)],
    [[200, 5, 200], (1n << 200n) | 32n],
  ])("%j", (places, expected) => {
    const bits = new Bits(200);
    for (const place of places) bits.set(place);
    expect(bits.toBigInt()).toBe(expected);
  });
});

test("placesSet asks for many places at once, left of the first digit too", () => {
  const bits = (1n << 130n) | (1n << 64n) | 0b1010n;
  expect(placesSet(bits, [0, 1, 2, 3, 4, 64, 65, 129, 130, 131, 1000])).toEqual([
    ...[false, true, false, true, false],
    ...[true, false, false, true, false, false],
  ]);
  expect(placesSet(0n, [0, 5])).toEqual([false, false]);
});
