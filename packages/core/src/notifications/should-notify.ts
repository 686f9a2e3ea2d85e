import type { Finding } from "../findings/finding.ts";

/** Who is notified: `people` by SNS (e-mail, Slack), `programs` by EventBridge (history, every other subscriber). */
export const AUDIENCES = ["people", "programs"] as const;

export type Audience = (typeof AUDIENCES)[number];

/** Who is notified of a finding, once for each `key`. */
export interface Notification {
  readonly audiences: readonly Audience[];
  /**
   * The same for what is notified once: the finding's status, when it was reopened if it was, and the day of what is
   * repeated daily. A retry, a twin invocation and the next account scan make the same key.
   */
  readonly key: string;
}

/**
 * The one answer to "who is notified?":
 *
 * - a status that nobody was notified of: everybody;
 * - the same status again, because it was reopened or contained once more: everybody, under a key of its own;
 * - an open finding that may be full and that nobody contains, because it cannot be evaluated: everybody, once a day;
 * - a finding that was contained again within the hour, as people know (see `isRepeat`): programs only;
 * - nothing changed: the same key as before, so those who were notified are not notified again, and those who were not, are.
 */
export function shouldNotify(
  finding: Pick<Finding, "status" | "recurrence" | "timing" | "verdict" | "severity">,
  nowMs: number,
): Notification {
  const { status, timing } = finding;
  const key = timing.reopenedAt === undefined ? status : `${status}#${timing.reopenedAt}`;
  return {
    audiences: isRepeat(finding) ? ["programs"] : AUDIENCES,
    key: isRepeatedDaily(finding) ? `${key}#${new Date(nowMs).toISOString().slice(0, 10)}` : key,
  };
}

function isRepeatedDaily({ status, verdict, severity }: Pick<Finding, "status" | "verdict" | "severity">) {
  return status === "open" && verdict === "invalid" && severity === "CRITICAL";
}

/** True if people need no word of it: it was contained once more, as they know. */
export function isRepeat({ status, recurrence }: Pick<Finding, "status" | "recurrence">): boolean {
  return status === "contained" && recurrence !== undefined && recurrence.toldAt !== recurrence.lastAt;
}
