import type { Mode } from "@kms-guard/core/containment/decision.ts";
import { printableJson } from "@kms-guard/core/text/untrusted.ts";
import type { ReplayedEvent, ReplaySummary } from "@kms-guard/guard/replay/replay.ts";
import { sourceOf } from "../input/policy-input.ts";
import type { RecordPlace } from "../input/read-archive.ts";
import type { Paint } from "../io/terminal.ts";

export type ReplayRow = ReplayedEvent<RecordPlace>;

/** Where the record was read: `file:line Records[3]`. */
export function recordSource({ at, ...place }: RecordPlace): string {
  return at === undefined ? sourceOf(place) : `${sourceOf(place)} ${at}`;
}

/** The event for programs. A public interface, see CHANGELOG. `finding` is the most severe one. */
function publicEvent(row: ReplayRow) {
  const { eventId, eventName, eventTime, outcome, reason, account, place, findings, wouldContain } = row;
  const [finding, ...moreFindings] = findings;
  return {
    ...(eventId !== undefined && { eventId }),
    ...(eventName !== undefined && { eventName }),
    ...(eventTime !== undefined && { eventTime }),
    outcome,
    reason,
    ...(finding !== undefined && { finding, wouldContain }),
    ...(moreFindings.length > 0 && { moreFindings }),
    ...(account !== undefined && { account }),
    source: recordSource(place),
  };
}

/** The replay as a whole, for the formats. */
export interface ReplayContext {
  /** Final when the rows have ended. */
  readonly summary: ReplaySummary;
  /** As the user typed them. */
  readonly paths: readonly string[];
  readonly snapshot: string | undefined;
  readonly mode: Mode;
  readonly regions: readonly string[] | undefined;
  readonly paint: Paint;
}

/** Turns events into text for stdout, piece by piece. */
export type ReplayFormat = (rows: AsyncIterable<ReplayRow>, context: ReplayContext) => AsyncIterable<string>;

/** One JSON object per listed event, then the summary, in constant memory. */
export const replayJsonl: ReplayFormat = async function* (rows, { summary }) {
  for await (const row of rows) yield `${printableJson(publicEvent(row))}\n`;
  yield `${printableJson({ summary })}\n`;
};

/** One JSON object: the summary, then the events in order, one per line. */
export const replayJson: ReplayFormat = async function* (rows, { summary }) {
  const kept: string[] = [];
  for await (const row of rows) kept.push(printableJson(publicEvent(row)));
  yield `{"summary":${printableJson(summary)},"events":[`;
  for (const [index, text] of kept.entries()) yield `${index === 0 ? "" : ","}\n${text}`;
  yield "\n]}\n";
};
