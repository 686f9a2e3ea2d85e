import { awsClients } from "@kms-guard/adapters/aws-clients.ts";
import { findingIds } from "@kms-guard/adapters/findings/findings-between.ts";
import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import { printable } from "@kms-guard/core/text/untrusted.ts";
import type { FindingRecord, Unreadable } from "@kms-guard/guard/ports.ts";
import { Failure, UsageError } from "../io/errors.ts";
import type { Connection } from "./connect.ts";

const WHOLE = 16;
const SHOWN = 5;

/** Throws UsageError if the text is neither the id of a finding nor the start of one. */
export function checkFindingId(text: string): void {
  if (/^kg-[0-9a-f]{1,16}$/.test(text)) return;
  throw new UsageError(
    `\`${text}\` is not the id of a finding: that is \`kg-\` and 16 hex digits, or the first few of them`,
  );
}

/** The id that starts with the text. @throws Failure if none does, or more than one. */
export async function findingIdFor(
  text: string,
  { environment, operator, sameOptions }: Connection,
): Promise<string> {
  if (text.length === "kg-".length + WHOLE) return text;
  const client = await awsClients(operator.access).dynamoDb();
  const ids = await findingIds(
    { client, tableName: environment.tableName, account: environment.settings.account.id },
    text,
  );
  const [id] = ids;
  if (id === undefined) throw noSuchFinding(text, sameOptions);
  if (ids.length === 1) return id;
  const more = ids.length - SHOWN;
  throw new Failure(
    `${ids.length} findings start with \`${text}\`: ${ids.slice(0, SHOWN).join(", ")}` +
      `${more > 0 ? ` and ${more} more` : ""}; type more of the id`,
  );
}

/** The record of that id. @throws Failure if there is none, or if it cannot be read. */
export async function findingRecord(id: string, { ports, sameOptions }: Connection): Promise<FindingRecord> {
  const stored = await ports.findings.get(id);
  if (stored === undefined) throw noSuchFinding(id, sameOptions);
  if (stored.kind === "unreadable") throw new Failure(unreadableText(stored));
  return stored.record;
}

/** The note about a record that is skipped. */
export function unreadableText({ id, problem }: Unreadable): string {
  return (
    `record ${printable(id)} of the findings table cannot be read: ${printable(problem)}. ` +
    "Another version of the guard wrote it, or it was changed"
  );
}

function noSuchFinding(id: string, sameOptions: string): Failure {
  return new Failure(`there is no finding \`${id}\`; next: ${KMS_GUARD} history --since 30d${sameOptions}`);
}
