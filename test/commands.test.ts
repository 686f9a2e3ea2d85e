import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import { describe, expect, it } from "vitest";
import type { AddCommand } from "../packages/cli/src/io/command.ts";
import { memoryIo } from "../packages/cli/src/io/memory-io.fixture.ts";
import { COMMANDS, run } from "../packages/cli/src/program.ts";

const NAMES = [
  "scan",
  "replay",
  "demo",
  "history",
  "show",
  "restore",
  "exempt",
  "report",
  "doctor",
  "drill",
  "help",
];
const NAMED = new RegExp(String.raw`(.{0,9})\bkms-guard(?: --)? (?:${NAMES.join("|")})\b`, "g");

/** What names a command without `npx --no` before it. */
const unprefixed = (text: string) =>
  [...text.matchAll(NAMED)]
    .filter(([, before = ""]) => !before.endsWith("npx --no "))
    .map(([whole]) => whole);

/** What a command ends at, outside of its quotes: a comment beside it, or what is no word of a command. */
const COMMAND = /^(?:'[^']*'|[^'])*?(?= {3}|[`│|;>&#\n\\"]|$)/;

/** The commands of a text, as they are written. */
function commandsIn(text: string): readonly string[] {
  // A folded command goes on in the next line, in the demo's frame and in JSON too.
  const unfolded = text.replace(/ \\{1,2}(?: *│)?(?:\n|\\n)[ │┃]*/g, " ");
  const [, ...rests] = unfolded.split(`${KMS_GUARD} `);
  return rests.map((rest) => COMMAND.exec(rest)?.[0].trim() ?? "");
}

/** The words that a shell makes of a command. */
const wordsOf = (command: string) =>
  [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? "");

/** The commands as they are, without what they do. */
const WITHOUT_ACTION: readonly AddCommand[] = COMMANDS.map((add) => (program, io, end) => {
  add(program, io, end);
  for (const command of program.commands) {
    for (const one of command.commands.length > 0 ? command.commands : [command]) one.action(() => undefined);
  }
});

const files = (folder: string, end: RegExp) =>
  readdirSync(new URL(`../${folder}`, import.meta.url), { recursive: true, encoding: "utf8" })
    .filter((name) => end.test(name) && !name.includes("node_modules"))
    .map((name) => `${folder}/${name}`);
const read = (path: string) => readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), "utf8");

async function helpOf(command: string): Promise<string> {
  const io = memoryIo();
  await run([...command.split(" "), "--help"], io);
  return io.out();
}

const TEXTS: readonly (readonly [name: string, text: string])[] = [
  ...["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "packages/cli/README.md"].map(
    (path) => [path, read(path)] as const,
  ),
  ...[...files("docs", /\.md$/), ...files("test/golden", /\.(txt|json|html)$/)].map(
    (path) => [path, read(path)] as const,
  ),
];
const HELP = [...NAMES.filter((name) => name !== "help"), "exempt add", "exempt list", "exempt remove"];

/** Checks that every command in a text runs as it is written. */
async function check(text: string): Promise<void> {
  expect(unprefixed(text)).toEqual([]);
  // With an ellipsis a text means all of them.
  for (const command of commandsIn(text).filter((one) => one !== "…")) {
    const io = memoryIo();
    await run(wordsOf(command), io, WITHOUT_ACTION);
    expect(io.err(), command).toBe("");
  }
}

describe("the commands in", () => {
  it.each(TEXTS)("%s begin with npx --no, and are understood", async (_, text) => {
    await check(text);
  });

  it.each(HELP)("the help of %s begin with npx --no, and are understood", async (command) => {
    const examples = (await helpOf(command)).split("\n").slice(1).join("\n");
    expect(commandsIn(examples)).not.toEqual([]);
    await check(examples);
  });
});

describe("the check itself", () => {
  it.each([
    ["next: npx --no kms-guard show kg-1   with the id", ["show kg-1"]],
    ["`npx --no kms-guard doctor` and\nnpx --no kms-guard drill --yes", ["doctor", "drill --yes"]],
    [
      "npx --no kms-guard exempt add kg-1 --reason 'a; b' \\\n  --days 30\n",
      ["exempt add kg-1 --reason 'a; b' --days 30"],
    ],
    ["  │ npx --no kms-guard exempt add kg-1 \\   │\n  │   --days 30    │", ["exempt add kg-1 --days 30"]],
    ['"npx --no kms-guard history\\nnpx --no kms-guard show kg-1"', ["history", "show kg-1"]],
    ["npx --no kms-guard scan - | jq; npx --no kms-guard report --html a > b", ["scan -", "report --html a"]],
  ])("reads the commands of %j", (text, commands) => {
    expect(commandsIn(text)).toEqual(commands);
  });

  it.each(["`kms-guard show kg-1`", "npm run kms-guard -- doctor", "npx kms-guard scan x"])(
    "finds that %j has no npx --no",
    async (text) => {
      await expect(check(text)).rejects.toThrow();
    },
  );

  it.each(["npx --no kms-guard sho kg-1", "npx --no kms-guard show kg-1 --nope"])(
    "finds that %j is not understood",
    async (text) => {
      await expect(check(text)).rejects.toThrow();
    },
  );
});
