import type { Verdict } from "@kms-guard/core/evaluate/verdict.ts";
import picocolors from "picocolors";
import { describe, expect, it } from "vitest";
import type { Row } from "./formats.ts";
import { sarif } from "./sarif.ts";

const FULL: Verdict = {
  name: "full",
  vacuous: false,
  severity: "CRITICAL",
  reason: "everything",
  evidence: [
    {
      path: "Statement[0]",
      sid: "[click](https://example.com)\u001b",
      effect: "Allow",
      actions: ["kms:*"],
      resources: ["*"],
      conditions: [],
      counts: true,
      contributes: "all of it",
    },
  ],
  missingActions: [],
};

const row = (path: string, verdict: Partial<Verdict> = {}, line?: number): Row => ({
  id: path,
  place: line === undefined ? { path } : { path, line },
  kind: "document",
  verdict: { ...FULL, ...verdict },
});

async function log(...rows: readonly Row[]) {
  async function* given(): AsyncGenerator<Row> {
    yield* rows;
  }
  const context = {
    summary: () => {
      throw new Error("not asked for");
    },
    repeated: [],
    cwd: "/checkout",
    failOn: "full",
    paint: picocolors.createColors(false),
  } as const;
  let text = "";
  for await (const piece of sarif(given(), context)) text += piece;
  return JSON.parse(text);
}

describe("sarif", () => {
  it("is a 2.1.0 log with one run whose rules a code scanner can rank", async () => {
    const { $schema, version, runs } = await log();
    expect({ $schema, version }).toEqual({
      $schema: "https://json.schemastore.org/sarif-2.1.0.json",
      version: "2.1.0",
    });
    expect(runs).toHaveLength(1);
    expect(runs[0].results).toEqual([]);
    const { name, rules } = runs[0].tool.driver;
    expect(name).toBe("kms-guard");
    const ranked = rules.map((rule: { id: string; properties: Record<string, unknown> }) => [
      rule.id,
      rule.properties["security-severity"],
    ]);
    expect(ranked).toEqual([
      ["kms-guard/full", "9.8"],
      ["kms-guard/near-full", "9.5"],
      ["kms-guard/vacuous-conditional-full", "9.5"],
      ["kms-guard/conditional-full", "7.5"],
      ["kms-guard/escalation", "7.5"],
      ["kms-guard/scoped-full", "5.5"],
      ["kms-guard/invalid", "7.0"],
    ]);
    for (const rule of rules) {
      expect(rule).toMatchObject({
        shortDescription: { text: expect.any(String) },
        fullDescription: { text: expect.any(String) },
        help: { text: expect.any(String), markdown: expect.any(String) },
        properties: { tags: expect.arrayContaining(["security"]) },
      });
    }
  });

  it("places a result, and lets no name become a link or a control character", async () => {
    const { runs } = await log(row("policies/a.jsonl", {}, 7));
    expect(runs[0].results).toEqual([
      {
        ruleId: "kms-guard/full",
        ruleIndex: 0,
        level: "error",
        message: {
          text:
            "policies/a.jsonl: everything\n" +
            "Statement[0] ([click] (https://example.com)\\u001b): all of it",
        },
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: "policies/a.jsonl", uriBaseId: "%SRCROOT%" },
              region: { startLine: 7 },
            },
            logicalLocations: [{ fullyQualifiedName: "policies/a.jsonl" }],
          },
        ],
        properties: { severity: "CRITICAL" },
        partialFingerprints: { "kmsGuardPolicyVerdict/v1": expect.stringMatching(/^[0-9a-f]{64}:1$/) },
      },
    ]);
  });

  it.each([
    {
      path: "my policies/é#1?.json",
      location: { uri: "my%20policies/%C3%A9%231%3F.json", uriBaseId: "%SRCROOT%" },
    },
    { path: "/checkout/a.json", location: { uri: "a.json", uriBaseId: "%SRCROOT%" } },
    { path: "..a/b.json", location: { uri: "..a/b.json", uriBaseId: "%SRCROOT%" } },
    { path: "../a b.json", location: { uri: "file:///a%20b.json" } },
    { path: "/etc/a.json", location: { uri: "file:///etc/a.json" } },
    { path: "-", location: { uri: "stdin" } },
  ])("writes $path as a URI", async ({ path, location }) => {
    const { runs } = await log(row(path));
    expect(runs[0].results[0].locations[0].physicalLocation).toEqual({
      artifactLocation: location,
      region: { startLine: 1 },
    });
  });

  it.each([
    { verdict: { name: "near-full" }, ruleId: "kms-guard/near-full", level: "error" },
    {
      verdict: { name: "conditional-full", vacuous: true },
      ruleId: "kms-guard/vacuous-conditional-full",
      level: "error",
    },
    { verdict: { name: "conditional-full" }, ruleId: "kms-guard/conditional-full", level: "warning" },
    { verdict: { name: "escalation" }, ruleId: "kms-guard/escalation", level: "warning" },
    { verdict: { name: "scoped-full" }, ruleId: "kms-guard/scoped-full", level: "warning" },
    { verdict: { name: "invalid" }, ruleId: "kms-guard/invalid", level: "warning" },
  ] as const)("has the rule $ruleId", async ({ verdict, ruleId, level }) => {
    const { runs } = await log(row("a", verdict));
    const [result] = runs[0].results;
    expect(result).toMatchObject({ ruleId, level });
    expect(runs[0].tool.driver.rules[result.ruleIndex].id).toBe(ruleId);
  });

  it("has the severity and the share of each result, and what was assumed", async () => {
    const scoped = row("a", { name: "scoped-full", severity: "HIGH", share: 0.5 });
    const { runs } = await log({ ...scoped, assumed: { account: "111122223333" } });
    expect(runs[0].results[0].properties).toEqual({
      severity: "HIGH",
      share: 0.5,
      assumed: { account: "111122223333" },
    });
  });

  it("leaves out what is clean", async () => {
    const { runs } = await log(row("a", { name: "none" }), row("b"));
    expect(runs[0].results).toHaveLength(1);
  });

  it("keeps similar results apart, and recognises them when lines move", async () => {
    const prints = (answer: { runs: { results: { partialFingerprints: object }[] }[] }) =>
      answer.runs[0]?.results.map((result) => Object.values(result.partialFingerprints)[0]);
    const [first, second, third] = prints(await log(row("a", {}, 1), row("a", {}, 2), row("b", {}, 1))) ?? [];
    expect(new Set([first, second, third]).size).toBe(3);
    expect(prints(await log(row("a", {}, 5), row("a", {}, 9)))).toEqual([first, second]);
  });
});
