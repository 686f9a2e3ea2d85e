import { createHash } from "node:crypto";
import { memberOf, textOf } from "@kms-guard/core/events/cloudtrail-record.ts";

/** Copies come from overlapping archives and from several trails: at least so many records back they are known. */
const REMEMBERED = 50_000;

/** Knows a CloudTrail record that it has seen before, in bounded memory. */
export class SeenRecords {
  readonly #remembered: number;
  // Two sets in turn, the older dropped whole: taking the oldest out of one set passes all that was taken out before.
  #recent = new Set<string>();
  #earlier = new Set<string>();

  constructor(remembered = REMEMBERED) {
    this.#remembered = remembered;
  }

  /**
   * True for a copy of an earlier record. The eventID alone would do for CloudTrail; what was written by hand often has
   * the same one everywhere, so a copy has to have the same content too. A record without an id is never a copy.
   */
  isCopy(record: unknown): boolean {
    const eventId = textOf(memberOf(record, "eventID"));
    if (eventId === undefined) return false;
    const parts = [
      "recipientAccountId",
      "eventSource",
      "eventName",
      "eventTime",
      "errorCode",
      "requestParameters",
    ];
    const content = JSON.stringify([eventId, ...parts.map((name) => memberOf(record, name))]);
    const key = createHash("sha256").update(content).digest("base64").slice(0, 22);
    if (this.#recent.has(key) || this.#earlier.has(key)) return true;
    this.#recent.add(key);
    if (this.#recent.size === this.#remembered) {
      this.#earlier = this.#recent;
      this.#recent = new Set();
    }
    return false;
  }
}
