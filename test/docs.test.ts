import { readFileSync } from "node:fs";
import * as permissions from "@kms-guard/adapters/deployment/permissions.ts";
import { VIOLATIONS } from "@kms-guard/core/evaluate/verdict.ts";
import { API_CALLS } from "@kms-guard/core/events/api-call-table.ts";
import { describe, expect, it, test } from "vitest";
import { generatedPages } from "../scripts/generate-docs.ts";

const page = (name: string) => readFileSync(new URL(`../docs/${name}`, import.meta.url), "utf8");

test.each(Object.entries(generatedPages()))("docs/%s is what `npm run docs` writes", (name, text) => {
  expect(page(name)).toBe(text);
});

test.each(VIOLATIONS)("the README and the runbook say what the verdict `%s` means", (verdict) => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  for (const text of [readme, page("runbook.md")]) expect(text).toContain(`\`${verdict}\``);
});

describe("docs/api-calls.md", () => {
  it("has a row for each call of the table, and none besides", () => {
    const rows = [...page("api-calls.md").matchAll(/^\| `(\w+)` \|/gm)].map(([, call]) => call);
    expect(rows).toEqual(API_CALLS.map(({ eventName }) => eventName));
  });

  it("says what a call can do and why the guard handles it", () => {
    expect(page("api-calls.md")).toContain(
      "| `AttachUserPolicy` | may grant | the managed policy, and every principal it is attached to | attaches a managed policy to a user |",
    );
  });
});

/** The actions on IAM that stand under a heading. */
function iamActionsUnder(heading: string): readonly string[] {
  const section = page("permissions.md").split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  return [...section.matchAll(/`iam:(\w+)`/g)].map(([, action = ""]) => action);
}

describe("docs/permissions.md", () => {
  it("shows nothing that changes IAM for the guard in both modes", () => {
    const actions = iamActionsUnder("The guard and the sweep, in both modes");
    expect(actions).toContain("GetPolicyVersion");
    expect(actions.filter((action) => !/^(Get|List)/.test(action))).toEqual([]);
  });

  it("shows what enforce mode adds: taking, and never from itself", () => {
    expect(iamActionsUnder("What `enforce` mode adds")).toEqual([
      ...["DetachUserPolicy", "DetachRolePolicy", "DetachGroupPolicy"],
      ...["DeleteUserPolicy", "DeleteRolePolicy", "DeleteGroupPolicy"],
      ...["DetachRolePolicy", "DeleteRolePolicy"],
    ]);
    expect(page("permissions.md")).toContain("| **Deny** NeverFromItself | `iam:DetachRolePolicy`");
  });

  it("has a section for every command that has a list of its own", () => {
    const commands = Object.keys(permissions)
      .map((name) => name.replace(/Permissions$/, ""))
      .filter((name) => !["guard", "lambda", "chat"].includes(name));
    for (const command of commands)
      expect(page("permissions.md")).toContain(`## The command \`${command}\`\n`);
  });
});
