import { describe, expect, test } from "vitest";
import { memoryIo } from "../io/memory-io.fixture.ts";
import { run } from "../program.ts";

/** What is refused before AWS is asked anything: there is none here to ask. */

const ADD = ["exempt", "add", "kg-0011223344556677", "--reason", "why", "--owner", "me", "--days", "30"];

async function refusal(...args: string[]): Promise<string> {
  const io = memoryIo({ env: { AWS_ENDPOINT_URL: "http://127.0.0.1:1" } });
  const code = await run(args, io);
  expect({ code, out: io.out() }).toEqual({ code: 3, out: "" });
  return io.err();
}

describe("history", () => {
  test.each([
    { args: ["--since", "yesterday"], message: "A time is `7d`" },
    { args: ["--since", "2026-02-30"], message: "A time is `7d`" },
    { args: ["--since", "2999-01-01"], message: "--since `2999-01-01` is in the future" },
    { args: ["--status", "fine"], message: "Allowed choices are open" },
    { args: ["--output", "csv"], message: "Allowed choices are human, json, jsonl" },
  ])("$args is wrong usage", async ({ args, message }) => {
    expect(await refusal("history", ...args)).toContain(message);
  });
});

describe("show", () => {
  test.each([
    ["TeamX"],
    ["kg-"],
    ["kg-XYZ"],
    ["kg-00112233445566aabb"],
    ["ke-00112233445566aa"],
    ["kg-\u001b"],
  ])("%j is no id", async (id) => {
    expect(await refusal("show", id)).toContain(
      "is not the id of a finding: that is `kg-` and 16 hex digits, or the first few of them",
    );
  });

  test("wants an id", async () => {
    expect(await refusal("show")).toContain("missing required argument 'id'");
  });
});

describe("exempt add", () => {
  test("changes nothing unasked where nobody can be asked", async () => {
    expect(await refusal(...ADD)).toContain(
      "exempt add asks before it changes anything, and there is no terminal to ask on: nothing was changed. Add `--yes`",
    );
  });

  test.each([["--reason"], ["--owner"], ["--days"]])("wants %s", async (option) => {
    const at = ADD.indexOf(option);
    const without = [...ADD.slice(0, at), ...ADD.slice(at + 2), "--yes"];
    expect(await refusal(...without)).toContain(`required option '${option} <`);
  });

  test.each([
    { args: ["--days", "0"], message: "Days are a whole number from 1 to 365." },
    { args: ["--days", "366"], message: "Days are a whole number from 1 to 365." },
    { args: ["--days", "1.5"], message: "Days are a whole number from 1 to 365." },
    { args: ["--principal", "KeyAdmin"], message: "A principal is `role/Name`" },
    { args: ["--principal", "role/team/KeyAdmin"], message: "A principal is `role/Name`" },
  ])("$args is wrong usage", async ({ args, message }) => {
    expect(await refusal(...ADD, "--yes", ...args)).toContain(message);
  });

  test.each([
    { target: "TeamX", message: "is not the id of a finding" },
    { target: "arn:aws:iam::111122223333:role/KeyAdmin", message: "is not the ARN of a managed policy" },
    { target: "arn:aws:iam::111122223333:policy/*", message: "is not the ARN of a managed policy" },
  ])("$target cannot be exempted", async ({ target, message }) => {
    expect(await refusal("exempt", "add", target, ...ADD.slice(3), "--yes")).toContain(message);
  });
});

describe("exempt remove", () => {
  test("changes nothing unasked where nobody can be asked", async () => {
    expect(await refusal("exempt", "remove", "ke-0011223344556677")).toContain("Add `--yes`");
  });
});

describe("report", () => {
  test.each([
    { args: [], message: "say where to write the report: `--html FILE`, or `--output json` or `csv`" },
    { args: ["--html", "r.html", "--to", "2026-01-01"], message: "`--to` needs `--from`" },
    {
      args: ["--html", "r.html", "--since", "7d", "--from", "2026-01-01"],
      message: "option '--since <when>' cannot be used with option '--from <when>'",
    },
    {
      args: ["--html", "r.html", "--from", "2026-01-01", "--to", "2025-12-30"],
      message: "the period ends before it begins",
    },
    { args: ["--html", "r.html", "--from", "2999-01-01"], message: "or lies in the future" },
    { args: ["--html", "r.html", "--from", "1.1.2026"], message: "A time is `7d`" },
    { args: ["--output", "pdf"], message: "Allowed choices are json, csv" },
  ])("$args is wrong usage", async ({ args, message }) => {
    expect(await refusal("report", ...args)).toContain(message);
  });
});
