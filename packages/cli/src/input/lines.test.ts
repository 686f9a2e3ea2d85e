import { describe, expect, it } from "vitest";
import { gathered } from "../io/memory-io.fixture.ts";
import { type Line, linesOf } from "./text.ts";

async function lines(pieces: readonly string[], longest?: number): Promise<Line[]> {
  async function* given(): AsyncGenerator<string> {
    yield* pieces;
  }
  return await gathered(linesOf(given(), longest));
}

describe("linesOf", () => {
  it.each([
    { given: ["a\nb\n"], expected: ["a", "b"] },
    { given: ["a\nb"], expected: ["a", "b"] },
    { given: ["a\r\nb\r\n"], expected: ["a", "b"] },
    { given: ["a", "b\nc", "\n", "d"], expected: ["ab", "c", "d"] },
    { given: ["a\r", "\nb"], expected: ["a", "b"] },
    { given: ["\n\na"], expected: ["", "", "a"] },
    { given: ["a\u2028b\rc"], expected: ["a\u2028b\rc"] },
    { given: [], expected: [] },
    { given: [""], expected: [] },
  ])("splits $given", async ({ given, expected }) => {
    expect((await lines(given)).map((line) => line.text)).toEqual(expected);
  });

  it("counts from 1, blank lines too", async () => {
    expect(await lines(["a\n\nb"])).toEqual([
      { number: 1, text: "a" },
      { number: 2, text: "" },
      { number: 3, text: "b" },
    ]);
  });

  it("takes a line of the greatest length and refuses one more", async () => {
    expect(await lines(["12", "345\n", "1"], 5)).toHaveLength(2);
    await expect(lines(["a\n12", "345", "6"], 5)).rejects.toThrow("has more than 5 characters in line 2");
  });
});
