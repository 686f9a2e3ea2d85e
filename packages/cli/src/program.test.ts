import { describe, expect, it } from "vitest";
import type { AddCommand } from "./io/command.ts";
import { Failure, UsageError } from "./io/errors.ts";
import { memoryIo } from "./io/memory-io.fixture.ts";
import { run } from "./program.ts";

/** A command `try` that ends as the test wants. */
const command =
  (act: (end: (code: 0 | 1 | 2 | 3) => void) => void): AddCommand =>
  (program, _io, end) => {
    program
      .command("try")
      .option("--colour <name>", "any")
      .action(() => act(end));
  };

describe("run", () => {
  it("ends with 0 when a command says nothing else", async () => {
    expect(await run(["try"], memoryIo(), [command(() => {})])).toBe(0);
  });

  it("ends with the code that a command says", async () => {
    expect(await run(["try"], memoryIo(), [command((end) => end(2))])).toBe(2);
  });

  it.each([
    {
      given: "a usage error",
      error: new UsageError("no `x`"),
      code: 3,
      message: "error: no `x`\nnext: npx --no kms-guard help try\n",
    },
    { given: "a foreseen failure", error: new Failure("disk full"), code: 1, message: "error: disk full\n" },
    { given: "a surprise", error: new TypeError("odd"), code: 1, message: "kms-guard failed" },
    { given: "no Error at all", error: "odd", code: 1, message: "kms-guard failed" },
  ])("turns $given into $code, on stderr alone", async ({ error, code, message }) => {
    const io = memoryIo();
    const failing = command(() => {
      throw error;
    });
    expect(await run(["try"], io, [failing])).toBe(code);
    expect(io.err()).toContain(message);
    expect(io.out()).toBe("");
  });

  it.each([
    { args: ["try", "--color", "red"], message: "Did you mean --colour?" },
    { args: ["tyr"], message: "Did you mean try?" },
    { args: ["try", "--colour"], message: "argument missing" },
    { args: ["try", "excess"], message: "too many arguments" },
    { args: [], message: "Usage: kms-guard" },
  ])("answers wrong usage $args with 3 and a hint on stderr", async ({ args, message }) => {
    const io = memoryIo();
    expect(await run(args, io, [command(() => {})])).toBe(3);
    expect(io.err()).toContain(message);
    expect(io.out()).toBe("");
  });

  it.each([
    { args: ["try", "--color"], hint: "next: npx --no kms-guard help try\n" },
    { args: ["try", "excess"], hint: "next: npx --no kms-guard help try\n" },
    { args: ["tyr"], hint: "next: npx --no kms-guard help\n" },
    { args: ["--nope"], hint: "next: npx --no kms-guard help\n" },
  ])("ends what it says of $args with the command that prints the help", async ({ args, hint }) => {
    const io = memoryIo();
    await run(args, io, [command(() => {})]);
    expect(io.err().endsWith(`\n${hint}`)).toBe(true);
  });

  it("keeps control characters of a wrong argument from the terminal", async () => {
    const io = memoryIo();
    expect(await run(["try", "--\u001b[2J"], io, [command(() => {})])).toBe(3);
    expect(io.err()).toContain("--\\u001b[2J");
    expect(io.err()).not.toContain("\u001b");
  });

  it.each([["--version"], ["-V"]])("prints the version for %s", async (flag) => {
    const io = memoryIo();
    expect(await run([flag], io)).toBe(0);
    expect(io.out()).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it.each([
    ...["demo", "scan", "replay", "history", "show", "restore", "exempt", "doctor", "drill", "report"],
    ...["exempt add", "exempt list", "exempt remove"],
  ])("prints examples in the help of %s", async (command) => {
    const io = memoryIo();
    expect(await run([...command.split(" "), "--help"], io)).toBe(0);
    expect(io.out()).toContain(`\n  $ npx --no kms-guard ${command}`);
    expect(io.err()).toBe("");
  });

  it("prints help, exit codes included, on stdout", async () => {
    const io = memoryIo();
    expect(await run(["--help"], io)).toBe(0);
    expect(io.out()).toContain("Usage: kms-guard");
    expect(io.out()).toContain("2  findings at or above --fail-on");
    expect(io.err()).toBe("");
  });
});
