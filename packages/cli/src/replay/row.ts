import type { ReplayedEvent } from "@kms-guard/guard/replay/replay.ts";
import { sourceOf } from "../input/policy-input.ts";
import type { RecordPlace } from "../input/read-archive.ts";

export type ReplayRow = ReplayedEvent<RecordPlace>;

/** Where the record stands, as a person and a program read it: `file:line Records[3]`. */
export function recordSource({ at, ...place }: RecordPlace): string {
  return at === undefined ? sourceOf(place) : `${sourceOf(place)} ${at}`;
}

/** The event as programs read it: a public interface, see CHANGELOG. `finding` is the weightiest of them. */
export function publicEvent(row: ReplayRow) {
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
