import { readFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { memoryIo } from "../io/memory-io.fixture.ts";
import { run } from "../program.ts";

const GOLDEN = readFileSync(new URL("../../../../test/golden/demo.txt", import.meta.url), "utf8");
const TERMINAL = { stdin: true, stdout: true, stderr: true };

describe("kms-guard demo", () => {
  it("prints this, and ends with 0", async () => {
    const io = memoryIo();
    expect(await run(["demo"], io)).toBe(0);
    expect(io.out()).toBe(GOLDEN);
    expect(io.err()).toBe("");
  });

  it("fits 100 columns", () => {
    expect(GOLDEN.split("\n").filter((line) => Array.from(line).length > 100)).toEqual([]);
  });

  it("has colours on a terminal, around the same text", async () => {
    const io = memoryIo({ isTTY: TERMINAL });
    await run(["demo"], io);
    expect(io.out()).not.toBe(GOLDEN);
    expect(stripVTControlCharacters(io.out())).toBe(GOLDEN);
  });

  it("takes no arguments", async () => {
    const io = memoryIo();
    expect(await run(["demo", "policies/"], io)).toBe(3);
    expect(io.out()).toBe("");
  });

  it("has help with examples", async () => {
    const io = memoryIo();
    expect(await run(["demo", "--help"], io)).toBe(0);
    expect(io.out()).toContain("$ npx --no kms-guard demo\n");
  });
});
