import { CONTAIN_AT } from "@kms-guard/core/containment/guard-settings.ts";
import { noticeFacts } from "@kms-guard/core/notifications/notice.ts";
import { durationText, seconds } from "../output/finding-text.ts";
import type { Evidence } from "./evidence.ts";
import { findingRow, findingSection } from "./finding-html.ts";
import { type Html, html, raw, STYLE } from "./html.ts";

/**
 * The report as one HTML file, piece by piece. It has no script, and its content security policy lets a browser fetch
 * nothing.
 */
export function* reportPage(evidence: Evidence): Generator<string> {
  const { scope, period, control } = evidence;
  yield html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>KMS access report, account ${scope.account}, ${seconds(period.from)} to ${seconds(period.to)}</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<header>
<h1>Evidence: ${control.title}</h1>
<p>Account ${scope.account}, ${seconds(period.from)} to ${seconds(period.to)}</p>
</header>
<main>
<h2>Control</h2>
<p><code>${control.id}</code></p>
<p>${control.text}</p>
<p>${control.related}</p>
${scopeSection(evidence)}${outcomeSection(evidence)}${modeSection(evidence)}${exemptionSection(evidence)}${noticeSection(evidence)}${coverageSection(evidence)}<h2>Findings</h2>
`.text;
  if (evidence.findings.length === 0) yield html`<p>None in the period.</p>\n`.text;
  else {
    yield head(["Time", "Finding", "Verdict", "Policy", "Actor", "Outcome", "Took"]).text;
    for (const reported of evidence.findings) yield findingRow(reported).text;
    yield "</tbody></table>\n";
    for (const reported of evidence.findings) yield findingSection(reported).text;
  }
  yield "</main>\n</body>\n</html>\n";
}

function scopeSection({ scope, madeAt, madeBy, period }: Evidence): Html {
  const { mode, containAt, awsManaged, protectedPrincipals, maxAttachments } = scope.settings;
  return html`<h2>Scope</h2>
<dl>
<dt>Account</dt><dd>${scope.account} (partition ${scope.partition}): every IAM policy, for keys in any region</dd>
<dt>Guard</dt><dd>kms-guard, stage ${scope.stage}, in ${scope.region}, where the account's IAM events are</dd>
<dt>Period</dt><dd>from ${period.from}, before ${period.to}</dd>
<dt>Created</dt><dd>${madeAt} by ${madeBy}</dd>
<dt>Mode now</dt><dd>${mode}; contained: ${CONTAIN_AT.slice(0, CONTAIN_AT.indexOf(containAt) + 1).join(" and ")}; AWS managed policies: ${awsManaged}; at most ${maxAttachments} attachments at once</dd>
<dt>Protected principals</dt><dd>${protectedPrincipals.join(", ") || "only the guard's own roles"}</dd>
</dl>
`;
}

function outcomeSection({ findings, period }: Evidence): Html {
  const counts = new Map<string, number>();
  for (const { finding } of findings) {
    const key = `${finding.verdict}\n${finding.status}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const rows = [...counts].toSorted(([one], [other]) => (one < other ? -1 : 1));
  return html`<h2>Outcome</h2>
<p>${findings.length} ${findings.length === 1 ? "finding" : "findings"} between ${seconds(period.from)} and ${seconds(period.to)}.</p>
${
  rows.length === 0
    ? ""
    : html`${head(["Verdict", "Status now", "Findings"])}${rows.map(([key, count]) => {
        const [verdict = "", status = ""] = key.split("\n");
        return html`<tr><td>${verdict}</td><td>${status}</td><td>${count}</td></tr>
`;
      })}</tbody></table>
`
}`;
}

function modeSection({ modes, scope }: Evidence): Html {
  return html`<h2>Mode over time</h2>
<p>Each finding records the mode in which it was decided. Mode now: ${scope.settings.mode}.</p>
${
  modes.length === 0
    ? html`<p>No findings in the period.</p>
`
    : html`${head(["Mode", "First finding", "Last finding", "Findings"])}${modes.map(
        ({ mode, firstAt, lastAt, findings }) =>
          html`<tr><td>${mode}</td><td>${firstAt}</td><td>${lastAt}</td><td>${findings}</td></tr>
`,
      )}</tbody></table>
`
}`;
}

function exemptionSection({ exemptions }: Evidence): Html {
  if (exemptions.length === 0) {
    return html`<h2>Exemptions</h2>
<p>None applied in the period.</p>
`;
  }
  return html`<h2>Exemptions</h2>
${head(["Exemption", "Policy", "Reason and owner", "Created", "Until", "State"])}${exemptions.map(
  ({
    id,
    policy,
    principal,
    documentSha256,
    reason,
    owner,
    ticket,
    createdBy,
    createdAt,
    expiresAt,
    state,
    remark,
  }) =>
    html`<tr><td>${id}</td><td>${policy}${principal === undefined ? "" : `, only on ${principal}`}${documentSha256 === undefined ? ", any version" : `, document ${documentSha256}`}</td><td>${reason} (${owner}${ticket === undefined ? "" : `, ${ticket}`})</td><td>${createdAt} by ${createdBy}</td><td>${expiresAt}</td><td>${state === "lapsed" ? "expired" : state}${remark === undefined ? "" : html`<br><span class="remark">${remark}</span>`}</td></tr>
`,
)}</tbody></table>
`;
}

function noticeSection({ notices }: Evidence): Html {
  if (notices.length === 0) return html``;
  return html`<h2>Notices</h2>
${head(["Time", "Kind", "What", "Details"])}${notices.map(
  (notice) =>
    html`<tr><td>${notice.at}</td><td>${notice.kind}</td><td>${notice.title}: ${notice.reason}</td><td>${noticeFacts(
      notice,
    )
      .map(({ label, value }) => `${label}: ${value}`)
      .join("; ")}</td></tr>
`,
)}</tbody></table>
`;
}

function coverageSection({ coverage, unknown }: Evidence): Html {
  const { findingsBy, sweeps, events, records } = coverage;
  return html`<h2>Coverage</h2>
<dl>
<dt>Found by an event</dt><dd>${findingsBy.event}</dd>
<dt>Found by a sweep</dt><dd>${findingsBy.sweep}: their event was missed, or came before the guard</dd>
<dt>Events seen</dt><dd>${eventText(events)}</dd>
<dt>Sweeps</dt><dd>${sweepText(sweeps)}</dd>
${records === undefined ? "" : recordsText(records)}
</dl>
<h2>What this report does not know</h2>
<ul>
${unknown.map(
  (sentence) => html`<li>${sentence}</li>
`,
)}</ul>
`;
}

function recordsText({ onlyTold, untold, earlier }: NonNullable<Evidence["coverage"]["records"]>): Html {
  return html`<dt>In the history, not in the findings table</dt><dd>${onlyTold.join(", ") || "none"}</dd>
<dt>In the findings table, not in the history</dt><dd>${untold.join(", ") || "none"}</dd>
<dt>Found earlier, notified in the period</dt><dd>${earlier.join(", ") || "none"}</dd>`;
}

function eventText(events: Evidence["coverage"]["events"]): string {
  if (events === undefined) return "not known";
  const { finding, clean, "not-ours": notOurs, malformed } = events.byOutcome;
  return (
    `${events.count}: ${finding} with a finding, ${clean} clean, ${notOurs} not relevant, ${malformed} unreadable ` +
    "(CloudWatch's count, in whole hours, for every guard in the account; an event delivered twice counts twice)"
  );
}

function sweepText(sweeps: Evidence["coverage"]["sweeps"]): string {
  if ("problem" in sweeps) return "not known";
  const { count, firstAt, lastAt, longestGapMs } = sweeps;
  if (firstAt === undefined || lastAt === undefined) return "none in the log";
  return `${count} of the whole account, the first ${seconds(firstAt)}, the last ${seconds(lastAt)}; longest time without one: ${durationText(longestGapMs)}`;
}

function head(columns: readonly string[]): Html {
  return html`<table><thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead><tbody>
`;
}
