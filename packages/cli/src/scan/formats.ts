import type { Verdict, VerdictName } from "@kms-guard/core/evaluate/verdict.ts";
import type { Attachment } from "@kms-guard/core/policy/policy.ts";
import { printableJson } from "@kms-guard/core/text/untrusted.ts";
import { type Place, type PolicyKind, sourceOf } from "../input/policy-input.ts";
import type { Paint } from "../io/terminal.ts";
import { csvRecord } from "../output/csv.ts";
import type { Assumed } from "./assumed.ts";

/** One policy with its verdict. */
export interface Row {
  readonly id: string;
  readonly place: Place;
  readonly kind: PolicyKind;
  readonly verdict: Verdict;
  /** What of its account nobody said. */
  readonly assumed?: Assumed;
  /** What it is attached to, if known: complete once everything has been read. */
  readonly attachments?: () => readonly Attachment[];
}

/** How many policies have which verdict. */
export interface Summary {
  readonly policies: number;
  /** All but `none`: an invalid policy is a finding too, because it may grant anything. */
  readonly findings: number;
  readonly byVerdict: Readonly<Record<VerdictName, number>>;
}

/** Counts rows as they pass. */
export class Tally {
  #policies = 0;
  readonly #byVerdict = {
    full: 0,
    "near-full": 0,
    "conditional-full": 0,
    escalation: 0,
    "scoped-full": 0,
    invalid: 0,
    none: 0,
  } satisfies Record<VerdictName, number>;

  add(row: Row): void {
    this.#policies += 1;
    this.#byVerdict[row.verdict.name] += 1;
  }

  summary(): Summary {
    const findings = this.#policies - this.#byVerdict.none;
    return { policies: this.#policies, findings, byVerdict: { ...this.#byVerdict } };
  }
}

/** The row for programs. A public interface, see CHANGELOG. */
function publicRow({ id, place, kind, verdict, assumed = {} }: Row) {
  return {
    id,
    source: sourceOf(place),
    kind,
    verdict: verdict.name,
    vacuous: verdict.vacuous,
    severity: verdict.severity ?? null,
    ...(verdict.share !== undefined && { share: verdict.share }),
    reason: verdict.reason,
    evidence: verdict.evidence.map(({ path, sid, effect, actions, resources, conditions, contributes }) => ({
      path,
      ...(sid === undefined ? {} : { sid }),
      effect,
      actions,
      resources,
      conditions,
      contributes,
    })),
    missingActions: verdict.missingActions,
    ...(verdict.problems === undefined ? {} : { problems: verdict.problems }),
    ...(Object.keys(assumed).length > 0 && { assumed }),
  };
}

/** The scan as a whole, for the formats. */
export interface ScanContext {
  /** Final when the rows have ended. */
  readonly summary: () => Summary;
  /** The arguments of the scan, for the command that runs it again. */
  readonly repeated: readonly string[];
  /** Absolute: relative paths start here. */
  readonly cwd: string;
  readonly failOn: VerdictName;
  readonly paint: Paint;
}

/** Turns rows into text for stdout, piece by piece, so that a scan of any size can stream. */
export type Format = (rows: AsyncIterable<Row>, context: ScanContext) => AsyncIterable<string>;

/** One JSON object: the summary, then the rows in input order, one per line. */
export const json: Format = async function* (rows, { summary }) {
  const kept: Row[] = [];
  for await (const row of rows) kept.push(row);
  yield `{"summary":${printableJson(summary())},"policies":[`;
  for (const [index, row] of kept.entries()) {
    yield `${index === 0 ? "" : ","}\n${printableJson(publicRow(row))}`;
  }
  yield "\n]}\n";
};

/** One JSON object per line, in input order, in constant memory. */
export const jsonl: Format = async function* (rows) {
  for await (const row of rows) yield `${printableJson(publicRow(row))}\n`;
};

const COLUMNS = [
  "id",
  "source",
  "kind",
  "verdict",
  "vacuous",
  "severity",
  "reason",
  "statements",
  "actions",
  "resources",
  "missingActions",
  "share",
  "assumed",
] as const;

/**
 * One record per policy. Lists are joined by spaces; statements, actions and resources are those that decided.
 */
export const csv: Format = async function* (rows) {
  yield csvRecord(COLUMNS);
  for await (const row of rows) yield csvRecord(fields(row));
};

function fields(row: Row): string[] {
  const { id, source, kind, verdict, vacuous, severity, reason, missingActions, share } = publicRow(row);
  const deciding = row.verdict.evidence.filter((evidence) => evidence.counts);
  return [
    id,
    source,
    kind,
    verdict,
    String(vacuous),
    severity ?? "",
    reason,
    deciding.map((evidence) => evidence.path).join(" "),
    deciding.flatMap((evidence) => evidence.actions).join(" "),
    deciding.flatMap((evidence) => evidence.resources).join(" "),
    missingActions.join(" "),
    String(share ?? ""),
    Object.entries(row.assumed ?? {})
      .map(([name, value]) => `${name}=${value}`)
      .join(" "),
  ];
}
