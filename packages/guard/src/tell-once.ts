import type { Notice } from "@kms-guard/core/notifications/alert.ts";
import { failure } from "./errors.ts";
import type { Ports } from "./ports.ts";

/**
 * Publishes a notice, once for its id. When it cannot be known whether somebody was told, they are. Failures are
 * returned.
 */
export async function notifyOnce(
  { findings, alerts }: Pick<Ports, "findings" | "alerts">,
  notice: Notice,
): Promise<readonly Error[]> {
  const failures: Error[] = [];
  try {
    if (!(await findings.claimPublication(notice.id, "notice"))) return [];
  } catch (cause) {
    failures.push(failure(`notice ${notice.id} could not be claimed`, cause));
  }
  try {
    await alerts.publishNotice(notice);
  } catch (cause) {
    failures.push(failure(`notice ${notice.id} could not be published`, cause));
    await findings.releasePublication(notice.id, "notice").catch((error) => {
      failures.push(failure(`notice ${notice.id} could not be released for a retry`, error));
    });
  }
  return failures;
}
