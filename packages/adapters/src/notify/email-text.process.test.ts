import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { wrapLine } from "./email-text.ts";

it("means the same to a shell after folding", () => {
  const name = "it's a $(name) with `all` \\ that; a shell | reads".padEnd(90, "x'y");
  const quoted = `'${name.replaceAll("'", "'\\''")}'`;
  const command = `aws iam detach-user-policy --user-name ${quoted} --policy-arn='-${"z".repeat(60)}'`;
  const folded = wrapLine(command, 40, 2).join("\n");
  const script = `aws() { for word in "$@"; do printf '%s\\n' "$word"; done; }\n${folded}`;
  expect(execFileSync("sh", ["-c", script], { encoding: "utf8" }).trimEnd().split("\n")).toEqual([
    "iam",
    "detach-user-policy",
    "--user-name",
    name,
    `--policy-arn=-${"z".repeat(60)}`,
  ]);
});
