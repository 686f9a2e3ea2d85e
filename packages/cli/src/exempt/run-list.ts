import { isExpired } from "@kms-guard/core/exemptions/exemption.ts";
import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import { shellWord } from "@kms-guard/core/text/shell.ts";
import { printable, printableJson } from "@kms-guard/core/text/untrusted.ts";
import { sortStored } from "@kms-guard/guard/stored.ts";
import { withDeployment } from "../aws/connect.ts";
import { unreadableText } from "../aws/finding-id.ts";
import type { LiveOptions } from "../aws/options.ts";
import { EXIT, type ExitCode } from "../io/exit-codes.ts";
import { type Io, note, print } from "../io/io.ts";
import { paintFor } from "../io/paint.ts";
import { exemptionText } from "./text.ts";

export interface ListOptions extends LiveOptions {
  readonly output: "human" | "json";
}

/** Prints every exemption, the one that ends next first, the lapsed ones last. */
export function runList(options: ListOptions, io: Io): Promise<ExitCode> {
  return withDeployment(options, io, async ({ ports, words, stage }) => {
    const nowMs = ports.clock.nowMs();
    const stored = await sortStored(await ports.findings.exemptions());
    for (const item of stored.unreadable) await note(io, `note: ${unreadableText(item)}; it exempts nothing`);
    const all = stored.records.toSorted((one, other) => (one.expiresAt < other.expiresAt ? -1 : 1));
    const lapsed = all.filter((exemption) => isExpired(exemption, nowMs));
    const inForce = all.filter((exemption) => !isExpired(exemption, nowMs));
    if (options.output === "json") {
      const exemptions = [
        ...inForce.map((exemption) => ({ ...exemption, lapsed: false })),
        ...lapsed.map((exemption) => ({ ...exemption, lapsed: true })),
      ];
      await print(io.stdout, `${printableJson({ schemaVersion: "1", exemptions })}\n`);
      return EXIT.clean;
    }
    const paint = paintFor(io);
    for (const exemption of [...inForce, ...lapsed]) {
      await print(io.stdout, `${exemptionText(exemption, nowMs, paint)}\n`);
    }
    await print(io.stdout, closing(inForce.length, lapsed[0]?.id, lapsed.length, stage, words));
    return EXIT.clean;
  });
}

function closing(
  inForce: number,
  firstLapsed: string | undefined,
  lapsed: number,
  stage: string,
  words: string,
): string {
  if (inForce + lapsed === 0) {
    return (
      `Nothing is exempt in stage ${printable(stage)}: the guard judges every policy.\n` +
      `next: ${KMS_GUARD} exempt add ID --reason '...' --owner '...' --days 30${words}   with the id of a finding\n`
    );
  }
  const next =
    firstLapsed === undefined ? "" : `next: ${KMS_GUARD} exempt remove ${shellWord(firstLapsed)}${words}\n`;
  return `${inForce} in force, ${lapsed} lapsed\n${next}`;
}
