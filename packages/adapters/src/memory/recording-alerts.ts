import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { isWorthTelling } from "@kms-guard/core/findings/recurrence.ts";
import type { Notice } from "@kms-guard/core/notifications/notice.ts";
import type { AlertChannel } from "@kms-guard/guard/ports.ts";

/** Keeps what is published, in order, and sends it to nobody. */
export class RecordingAlerts implements AlertChannel {
  /** What people hear of. */
  readonly findings: Finding[] = [];
  /** What programs hear of, and the history has. */
  readonly history: Finding[] = [];
  readonly notices: Notice[] = [];

  async publishFinding(finding: Finding): Promise<void> {
    this.history.push(finding);
    if (isWorthTelling(finding)) this.findings.push(finding);
  }

  async publishNotice(notice: Notice): Promise<void> {
    this.notices.push(notice);
  }
}
