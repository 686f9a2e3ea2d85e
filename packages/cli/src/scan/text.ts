import { NAMED_PROBLEMS } from "@kms-guard/core/evaluate/evaluate.ts";
import { evidenceLines } from "@kms-guard/core/evaluate/evidence.ts";
import { type Evidence, VERDICTS } from "@kms-guard/core/evaluate/verdict.ts";
import type { Problem } from "@kms-guard/core/policy/document.ts";
import type { Attachment } from "@kms-guard/core/policy/policy.ts";
import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import { printable, shellWord } from "@kms-guard/core/text/untrusted.ts";
import { sourceOf } from "../input/policy-input.ts";
import { type Paint, paintSeverity } from "../io/terminal.ts";
import { failsAt, rankOf } from "../output/fail-on.ts";
import type { Format, Row, ScanContext } from "./formats.ts";

/** For people: the worst first, each with its proof, then a summary and the next command. */
export const human: Format = async function* (rows, context) {
  const kept: Row[] = [];
  for await (const row of rows) kept.push(row);
  kept.sort((one, other) => rankOf(one.verdict) - rankOf(other.verdict));
  for (const row of kept)
    yield row.verdict.name === "none" ? clean(row, context.paint) : finding(row, context.paint);
  yield closing(kept, context);
};

function clean({ id, place }: Row, paint: Paint): string {
  const source = printable(sourceOf(place));
  return `${paint.green("none")}  ${id === place.path ? source : `${printable(id)}${paint.dim(`  ${source}`)}`}\n`;
}

function finding(row: Row, paint: Paint): string {
  const { id, place, kind, verdict } = row;
  const source = sourceOf(place);
  // A policy without a name is known by its path.
  const isNamed = id !== place.path;
  const name = verdict.vacuous ? `${verdict.name} (vacuous)` : verdict.name;
  const head = paintSeverity(paint, verdict.severity, `${verdict.severity ?? ""} ${name}`.trim());
  const lines = [
    `${head}  ${paint.bold(printable(isNamed ? id : source))}`,
    ...(isNamed ? [paint.dim(`  ${kind} in ${printable(source)}`)] : []),
    `  ${printable(verdict.reason)}`,
    ...(verdict.problems ?? []).slice(NAMED_PROBLEMS).map(problem),
    ...verdict.evidence.flatMap((evidence) => proof(evidence, paint)),
  ];
  if (verdict.missingActions.length > 0) lines.push(`  not granted: ${some(verdict.missingActions)}`);
  if (row.attachments) lines.push(`  ${attachedTo(row.attachments())}`);
  return `${lines.join("\n")}\n\n`;
}

/** A problem that the reason does not mention. */
function problem({ path, message }: Problem): string {
  return `    ${printable(path === "" ? message : `${path}: ${message}`)}`;
}

function proof(evidence: Evidence, paint: Paint): readonly string[] {
  const lines = evidenceLines(evidence, SHOWN).map((line) => `    ${printable(line)}`);
  return lines.map((line, index) => (evidence.counts && index < lines.length - 1 ? line : paint.dim(line)));
}

function attachedTo(attachments: readonly Attachment[]): string {
  if (attachments.length === 0) return "attached to nothing";
  const names = attachments.map(({ type, name, members }) => {
    const users = members === undefined ? "" : ` (${members} ${members === 1 ? "user" : "users"})`;
    return `${type}/${name}${users}`;
  });
  return `attached to ${some(names)}`;
}

const SHOWN = 6;

/** The first few items of a list: the machine formats have all of them. */
function some(items: readonly string[]): string {
  const shown = items.slice(0, SHOWN).map(printable).join(", ");
  return items.length > SHOWN ? `${shown} and ${items.length - SHOWN} more` : shown;
}

function closing(rows: readonly Row[], context: ScanContext): string {
  const { policies, findings, byVerdict } = context.summary();
  const { paint, failOn } = context;
  const counts = VERDICTS.filter((name) => byVerdict[name] > 0).map((name) => `${byVerdict[name]} ${name}`);
  const total = `${policies} ${policies === 1 ? "policy" : "policies"}: ${counts.join(", ")}`;
  const again = `${KMS_GUARD} scan ${context.repeated.map(shellWord).join(" ")}`;
  if (findings === 0) {
    return `${paint.green("No policy grants full KMS access.")}\n${total}\nnext: ${again} --all   lists every policy\n`;
  }
  const failing = rows.filter((row) => failsAt(failOn, row.verdict)).length;
  const lines = [
    total,
    `${failing} of ${findings} ${findings === 1 ? "finding fails" : "findings fail"} the scan: at or above ${failOn}, or invalid`,
  ];
  lines.push(`next: ${fixFor(findings - byVerdict.invalid, byVerdict.invalid)}, then ${again}`);
  return `${lines.join("\n")}\n`;
}

function fixFor(granting: number, invalid: number): string {
  if (invalid === 0) return "narrow the statements above";
  return granting === 0 ? "repair what is invalid" : "narrow the statements above and repair what is invalid";
}
