import { createHash } from "node:crypto";
import type { AccountSnapshot } from "@kms-guard/adapters/memory/snapshot.ts";
import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import type { Paint } from "../io/paint.ts";
import type { Played } from "./play.ts";
import { stepText } from "./timeline.ts";

const OPERATOR = "arn:aws:iam::111122223333:role/security-on-call";

/** Restores every contained finding, as `kms-guard restore` does, and tells what came back. */
export async function restoreAll({ alerts, restore }: Played, paint: Paint): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const { id, status } of alerts) {
    if (status !== "contained") continue;
    const report = await restore(id, {
      by: OPERATOR,
      reason: "approved after all",
      hours: 24,
      dryRun: false,
    });
    const steps = report.kind === "restored" ? report.steps.map(stepText) : [report.kind];
    lines.push(`    $ ${paint.bold(`${KMS_GUARD} restore ${id}`)}`, ...steps.map((step) => `      ${step}`));
  }
  return lines;
}

/**
 * A snapshot's SHA-256: of every user, role, group, membership, attachment, boundary, policy version and inline text,
 * in one order. Two accounts have the same one where they are the same.
 */
export function fingerprint(account: AccountSnapshot): string {
  return createHash("sha256").update(JSON.stringify(account)).digest("hex");
}
