import { existsSync, readFileSync } from "node:fs";
import { decide } from "@kms-guard/core/containment/decide.ts";
import { evaluateDocument } from "@kms-guard/core/evaluate/evaluate.ts";
import { VERDICTS } from "@kms-guard/core/evaluate/verdict.ts";
import { KMS } from "@kms-guard/core/services/kms.ts";
import { ENFORCE, MALLORY } from "@kms-guard/testing/examples/team-x.ts";
import { describe, expect, it } from "vitest";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const demo = readFileSync(new URL("golden/demo.txt", import.meta.url), "utf8");

/** The lines of the e-mail as the demo frames it. */
const email = demo
  .split("\n")
  .filter((line) => line.startsWith("  │ "))
  .map((line) => line.slice(4, -1).trimEnd());

const allow = (rest: object) => ({ Statement: { Effect: "Allow", Action: "kms:*", Resource: "*", ...rest } });

/** A policy of each verdict. */
const EXAMPLES: readonly (readonly [verdict: string, document: unknown])[] = [
  ["full", allow({})],
  ["near-full", allow({ Action: KMS.powers.map(({ actions }) => `kms:${actions[0]}`) })],
  ["conditional-full", allow({ Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } } })],
  ["escalation", allow({ Action: "kms:PutKeyPolicy" })],
  [
    "scoped-full",
    allow({ Resource: "arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000" }),
  ],
  ["invalid", { Statement: "everything" }],
  ["none", allow({ Action: "kms:DescribeKey" })],
];

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

  it("names the powers of near-full", () => {
    const row = readme.split("\n").find((line) => line.startsWith("| `near-full`"));
    for (const { name } of KMS.powers) expect(row).toContain(name);
  });

  it.each(EXAMPLES)("says of %s how bad it is, and what is done about it", (name, document) => {
    const verdict = evaluateDocument(document, { ...ENFORCE, nowMs: 0 });
    expect(verdict.name).toBe(name);
    const row = readme.split("\n").find((line) => line.startsWith(`| \`${name}\` |`));
    const [severity = "", response = ""] = row?.split(" | ").slice(2) ?? [];
    expect(severity.split(";")[0]).toBe(verdict.severity ?? "–");

    const policy = {
      kind: "inline",
      name: "own",
      principal: MALLORY,
      document: JSON.stringify(document),
    } as const;
    const { action } = decide({ policy, verdict }, [], ENFORCE, 0);
    expect(response.startsWith("contained")).toBe(action === "contain");
  });

  it("links to files that are there", () => {
    const links = [...readme.matchAll(/\]\((?!https:)([^)#]+)/g)].map(([, link = ""]) => link);
    expect(links).toContain("docs/runbook.md");
    for (const link of links) expect(existsSync(new URL(`../${link}`, import.meta.url)), link).toBe(true);
  });
});
