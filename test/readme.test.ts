import { readFileSync } from "node:fs";
import { VERDICTS } from "@kms-guard/core/evaluate/verdict.ts";
import { KMS } from "@kms-guard/core/services/kms.ts";
import { describe, expect, it } from "vitest";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const demo = readFileSync(new URL("golden/demo.txt", import.meta.url), "utf8");

/** The lines of the e-mail as the demo frames it. */
const email = demo
  .split("\n")
  .filter((line) => line.startsWith("  │ "))
  .map((line) => line.slice(4, -1).trimEnd());

describe("the README", () => {
  it("quotes an alert that the program printed", () => {
    const quoted = /<!-- alert:.*?```text\n(.*?)\n```/s.exec(readme)?.[1];
    expect(quoted).toContain("CRITICAL contained");
    expect(email.join("\n")).toContain(quoted);
  });

  it("gives the two commands, word for word", () => {
    expect(readme).toContain("\nnpm ci && npm start\n");
    expect(readme).toContain("\nnpm ci && npm test\n");
  });

  it("has a row for each verdict, worst first", () => {
    const section = readme.slice(readme.indexOf("## Verdicts"), readme.indexOf("## Failure direction"));
    const rows = [...section.matchAll(/^\| `([a-z-]+)` \|/gm)].map((row) => row[1]);
    expect(rows).toEqual([...VERDICTS]);
  });

  it("names the core actions of near-full", () => {
    const row = readme.split("\n").find((line) => line.startsWith("| `near-full`"));
    for (const action of KMS.core) expect(row).toContain(action);
  });
});
