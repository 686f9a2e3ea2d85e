import { subjectName } from "@kms-guard/core/findings/subject.ts";
import { printableJson } from "@kms-guard/core/text/untrusted.ts";
import { csvRecord } from "../output/csv.ts";
import { outcomeText, tookMs } from "../output/finding-text.ts";
import type { Evidence } from "./evidence.ts";

const COLUMNS = [
  ...[
    "id",
    "status",
    "verdict",
    "vacuous",
    "severity",
    "policyKind",
    "policy",
    "principal",
    "documentSha256",
  ],
  ...[
    "reason",
    "mode",
    "action",
    "decision",
    "outcome",
    "tookMs",
    "trigger",
    "eventName",
    "eventId",
    "eventTime",
  ],
  ...["actor", "sourceIp", "receivedAt", "containedAt", "heldBy"],
];

/** One CSV record for each finding of the period. */
export function* reportCsv({ findings }: Evidence): Generator<string> {
  yield csvRecord(COLUMNS);
  for (const reported of findings) {
    const { finding } = reported;
    const { id, status, verdict, vacuous, severity, policy, reason, decision, trigger, timing } = finding;
    const principal = "principal" in policy ? `${policy.principal.type}/${policy.principal.name}` : "";
    yield csvRecord([
      ...[id, status, verdict, String(vacuous), severity, policy.kind, subjectName(policy)],
      ...[principal, policy.documentSha256],
      ...[
        reason,
        decision.mode,
        decision.action,
        decision.reason,
        outcomeText(finding),
        String(tookMs(reported) ?? ""),
      ],
      ...[trigger.kind, trigger.eventName ?? "", trigger.eventId ?? "", timing.eventTime ?? ""],
      ...[
        trigger.actor?.arn ?? "",
        trigger.actor?.sourceIp ?? "",
        timing.receivedAt,
        timing.containedAt ?? "",
      ],
      finding.attachments.map(({ type, name }) => `${type}/${name}`).join(" "),
    ]);
  }
}

/** The evidence as one JSON object, piece by piece. Each finding has its timeline beside its own fields. */
export function* reportJson({ findings, ...rest }: Evidence): Generator<string> {
  yield `${printableJson({ schemaVersion: "1", ...rest }).slice(0, -1)},"findings":[`;
  for (const [index, { finding, timelineEntries }] of findings.entries()) {
    yield `${index === 0 ? "" : ","}\n${printableJson({ ...finding, timeline: timelineEntries })}`;
  }
  yield "]}\n";
}
