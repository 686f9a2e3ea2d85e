import type { Notice } from "@kms-guard/core/alert/alert.ts";
import type { Finding } from "@kms-guard/core/respond/finding.ts";
import type { AlertChannel } from "@kms-guard/guard/ports.ts";

/** Keeps what it is told, in order, and tells nobody. */
export class RecordingAlerts implements AlertChannel {
  readonly findings: Finding[] = [];
  readonly notices: Notice[] = [];

  async publishFinding(finding: Finding): Promise<void> {
    this.findings.push(finding);
  }

  async publishNotice(notice: Notice): Promise<void> {
    this.notices.push(notice);
  }
}
