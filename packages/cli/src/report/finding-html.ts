import { evidenceLines } from "@kms-guard/core/evaluate/evidence.ts";
import { subjectText } from "@kms-guard/core/findings/subject.ts";
import {
  actorText,
  durationText,
  outcomeText,
  policyText,
  timeOf,
  tookText,
} from "../output/finding-text.ts";
import type { ReportedFinding } from "./evidence.ts";
import { type Html, html } from "./html.ts";

/** A finding's row in the table of all findings. */
export function findingRow(reported: ReportedFinding): Html {
  const { finding } = reported;
  return html`<tr><td>${timeOf(finding)}</td><td><a href="#${finding.id}">${finding.id}</a></td><td class="verdict">${finding.verdict}</td><td>${policyText(finding)}</td><td>${actorText(finding)}</td><td>${finding.status}: ${outcomeText(finding)}</td><td>${tookText(reported)}</td></tr>
`;
}

/** A finding in full: its proof, what was done, and when. */
export function findingSection({ finding, timelineEntries }: ReportedFinding): Html {
  const { id, severity, title, verdict, vacuous, reason, policy, decision, attachments, missingActions } =
    finding;
  const attachedTo = attachments.map(({ type, name }) => `${type} ${name}`).join(", ") || "nothing";
  const diff = finding.change?.diff;
  return html`<section class="finding ${severity}" id="${id}">
<h3>${id}: ${title}</h3>
<dl>
<dt>Outcome</dt><dd>${finding.status}: ${outcomeText(finding)}</dd>
<dt>Verdict</dt><dd>${severity} ${verdict}${vacuous ? " (its conditions are always true)" : ""}: ${reason}</dd>
<dt>Policy</dt><dd>${subjectText(policy)}</dd>
<dt>SHA-256 of the document</dt><dd>${policy.documentSha256}</dd>
<dt>Attached to</dt><dd>${attachedTo}</dd>
<dt>Decision</dt><dd>${decision.action} (${decision.mode}): ${decision.reason}</dd>
${missingActions.length === 0 ? "" : html`<dt>Not granted</dt><dd>${missingActions.join(", ")}</dd>`}
</dl>
<pre>${finding.evidence.flatMap((evidence) => evidenceLines(evidence)).join("\n")}</pre>
${diff === undefined ? "" : html`<pre>${diff}</pre>`}
${times(timelineEntries)}
</section>
`;
}

function times(timelineEntries: ReportedFinding["timelineEntries"]): Html {
  const firstMs = Date.parse(timelineEntries[0]?.at ?? "");
  return html`<table><thead><tr><th scope="col">Time</th><th scope="col">After</th><th scope="col">What</th></tr></thead><tbody>
${timelineEntries.map(
  ({
    at,
    what,
  }) => html`<tr><td>${at}</td><td>${durationText(Date.parse(at) - firstMs)}</td><td>${what}</td></tr>
`,
)}</tbody></table>`;
}
