import type { Exemption } from "@kms-guard/core/exemptions/exemption.ts";
import type { FindingRecord, Findings, Stored } from "@kms-guard/guard/ports.ts";

/** What is read; throws where it cannot be. */
export function recordOf<T>(item: Stored<T>): T {
  if (item.kind === "unreadable") throw new Error(`${item.id} cannot be read: ${item.problem}`);
  return item.record;
}

/** The record of that id; `undefined` where there is none. */
export async function findRecord(
  findings: Pick<Findings, "get">,
  id: string,
): Promise<FindingRecord | undefined> {
  const item = await findings.get(id);
  return item && recordOf(item);
}

export async function exemptionsIn(findings: Pick<Findings, "exemptions">): Promise<readonly Exemption[]> {
  return (await findings.exemptions()).map(recordOf);
}
