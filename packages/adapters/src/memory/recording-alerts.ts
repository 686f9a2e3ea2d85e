import type { Finding } from "@kms-guard/core/findings/finding.ts";
import type { Notice } from "@kms-guard/core/notifications/notice.ts";
import type { AlertChannel } from "@kms-guard/guard/ports.ts";

/** Keeps, in order, what people and programs are notified of. */
export class RecordingAlerts {
  /** What people are notified of. */
  readonly findings: Finding[] = [];
  /** What programs are notified of, and the history has. */
  readonly history: Finding[] = [];
  readonly notices: Notice[] = [];

  readonly people: AlertChannel = {
    publishFinding: async (finding) => void this.findings.push(finding),
    publishNotice: async (notice) => void this.notices.push(notice),
  };

  readonly programs: AlertChannel = {
    publishFinding: async (finding) => void this.history.push(finding),
    publishNotice: async () => undefined,
  };
}
