import type { Verdict, VerdictName } from "@kms-guard/core/evaluate/verdict.ts";
import type { Attachment } from "@kms-guard/core/policy/policy.ts";
import { printableJson } from "@kms-guard/core/text/untrusted.ts";
import { type Place, type PolicyKind, sourceOf } from "../input/policy-input.ts";
import type { Paint } from "../io/paint.ts";
import { csvRecord } from "../output/csv.ts";

/** One policy with what it was judged to be. */
export interface Row {
  readonly id: string;
  readonly place: Place;
  readonly kind: PolicyKind;
  readonly verdict: Verdict;
  /** Who holds it, where known; complete when everything has been read. */
  readonly holders?: () => readonly Attachment[];
}

/** How many policies came to what. */
export interface Summary {
  readonly policies: number;
  /** All but `none`: an invalid one is a finding too, it may grant anything. */
  readonly findings: number;
  readonly byVerdict: Readonly<Record<VerdictName, number>>;
}

/** Counts rows as they go by. */
export class Tally {
  #policies = 0;
  readonly #byVerdict = {
    full: 0,
    "near-full": 0,
    "conditional-full": 0,
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

/** The row as programs read it: a public interface, see CHANGELOG. */
function publicRow({ id, place, kind, verdict }: Row) {
  return {
    id,
    source: sourceOf(place),
    kind,
    verdict: verdict.name,
    vacuous: verdict.vacuous,
    severity: verdict.severity ?? null,
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
  };
}

/** What a format may want to say about the scan as a whole. */
export interface ScanContext {
  /** Everything counted; final when the rows have ended. */
  readonly summary: () => Summary;
  /** As the user wrote them. */
  readonly paths: readonly string[];
  /** Absolute: what relative paths start from. */
  readonly cwd: string;
  readonly failOn: VerdictName;
  /** Whose keys counted as own where the document does not say, when that was nobody's choice. */
  readonly assumedAccount: string | undefined;
  readonly paint: Paint;
}

/** Turns rows into the text for stdout, piece by piece as it can: so that a scan of any size may stream. */
export type Format = (rows: AsyncIterable<Row>, context: ScanContext) => AsyncIterable<string>;

/** One JSON object: the summary, then the rows in the order of reading, one a line. */
export const json: Format = async function* (rows, { summary }) {
  const kept: Row[] = [];
  for await (const row of rows) kept.push(row);
  yield `{"summary":${printableJson(summary())},"policies":[`;
  for (const [index, row] of kept.entries()) {
    yield `${index === 0 ? "" : ","}\n${printableJson(publicRow(row))}`;
  }
  yield "\n]}\n";
};

/** One JSON object a line, in the order of reading, in constant memory. */
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
] as const;

/**
 * RFC 4180: CRLF, quotes doubled. Lists are joined by blanks, of the statements that decided; control characters are
 * written out, so that a line is a record.
 */
export const csv: Format = async function* (rows) {
  yield csvRecord(COLUMNS);
  for await (const row of rows) yield csvRecord(fields(row));
};

function fields(row: Row): string[] {
  const { id, source, kind, verdict, vacuous, severity, reason, missingActions } = publicRow(row);
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
  ];
}
