import { FINDING } from "@kms-guard/adapters/findings/finding.fixture.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { KMS } from "@kms-guard/core/services/kms.ts";
import { COMBINED_FINDING } from "@kms-guard/testing/examples/team-x.ts";
import { describe, expect, test } from "vitest";
import { type Evidence, evidenceFrom, type Sources } from "./evidence.ts";
import { reportCsv, reportJson } from "./formats.ts";
import { reportPage } from "./page.ts";

const HOSTILE = `"><img src=x onerror=alert(1)><!--</section></style><script>alert('x')</script>\u202e`;

/** Everything that somebody else writes, written by somebody hostile. */
const FOUND: Finding = {
  ...FINDING,
  id: `kg-00112233445566aa`,
  title: `full kms:* granted by ${HOSTILE}`,
  policy: {
    kind: "managed",
    arn: `arn:aws:iam::111122223333:policy/${HOSTILE}`,
    name: HOSTILE,
    versionId: "v3",
    documentSha256: FINDING.policy.documentSha256,
  },
  evidence: FINDING.evidence.map((evidence) => ({
    ...evidence,
    sid: HOSTILE,
    actions: [HOSTILE],
    resources: [HOSTILE],
    conditions: [{ operator: "StringEquals", key: HOSTILE, values: [HOSTILE] }],
  })),
  attachments: [{ type: "role", name: HOSTILE, state: "standing" }],
  trigger: {
    ...FINDING.trigger,
    actor: { type: "IAMUser", arn: `arn:aws:iam::111122223333:user/${HOSTILE}`, sourceIp: HOSTILE },
  },
  change: { diff: `-old\n+${HOSTILE}` },
  decision: { mode: "monitor", action: "alert", reason: HOSTILE },
};

const SOURCES: Sources = {
  fromMs: Date.parse("2026-01-01T00:00:00Z"),
  toMs: Date.parse("2026-04-01T00:00:00Z"),
  nowMs: Date.parse("2026-04-02T08:00:00Z"),
  findings: [],
  stage: "prod",
  settings: {
    mode: "enforce",
    account: { id: "111122223333", partition: "aws" },
    service: KMS,
    region: "us-east-1",
    containAt: "near-full",
    awsManaged: "alert",
    protectedPrincipals: [HOSTILE],
    maxAttachments: 10,
    ownRoleArns: [],
  },
  by: `arn:aws:sts::111122223333:assumed-role/Audit/${HOSTILE}`,
  unreadable: [],
  exemptions: [
    {
      id: "ke-0011223344556677",
      account: "111122223333",
      policy: { kind: "managed", arn: "arn:aws:iam::111122223333:policy/Keys" },
      reason: HOSTILE,
      owner: HOSTILE,
      ticket: HOSTILE,
      createdBy: HOSTILE,
      createdAt: "2026-02-01T00:00:00.000Z",
      expiresAt: "2026-05-01T00:00:00.000Z",
    },
  ],
  history: {
    notifications: new Map([
      [
        "kg-00112233445566aa",
        [{ status: "open", at: "2026-03-04T05:06:14.200Z", takenAt: "2026-03-04T05:06:14Z" }],
      ],
    ]),
    earlier: [],
    notices: [
      {
        schemaVersion: "1",
        id: "kn-1",
        kind: "malformed-record" as const,
        severity: "HIGH",
        title: HOSTILE,
        reason: HOSTILE,
        account: "111122223333",
        region: "us-east-1",
        at: "2026-03-05T00:00:00.000Z",
        data: { problems: [{ path: HOSTILE, message: HOSTILE }] },
        nextSteps: [],
      },
    ],
    unreadable: 0,
  },
  sweepsMs: [Date.parse("2026-01-02T04:00:00Z"), Date.parse("2026-03-31T04:00:00Z")],
  events: { finding: 1, clean: 812, "not-ours": 90, malformed: 0 },
};

function evidence(findings: readonly Finding[]): Evidence {
  return evidenceFrom({ ...SOURCES, findings });
}

describe("the page", () => {
  const page = [...reportPage(evidence([FOUND]))].join("");

  test("is what it was when somebody looked at it", async () => {
    await expect(page).toMatchFileSnapshot("../../../../test/golden/report.html");
  });

  test("has no markup but its own, whatever names hold", () => {
    const tags = new Set(
      [...page.matchAll(/<([a-z!/][a-z0-9-]*)/gi)].map(([, tag = ""]) => tag.replace("/", "")),
    );
    expect([...tags].toSorted()).toEqual([
      ...[
        "!doctype",
        "a",
        "body",
        "br",
        "code",
        "dd",
        "dl",
        "dt",
        "h1",
        "h2",
        "h3",
        "head",
        "header",
        "html",
      ],
      ...[
        "li",
        "main",
        "meta",
        "p",
        "pre",
        "section",
        "span",
        "style",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
      ],
      ...["title", "tr", "ul"],
    ]);
    // The name was there, so it was written out.
    expect(page).toContain("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;\\u202e");
    expect(page).not.toContain("\u202e");
  });

  test("runs nothing, fetches nothing, and says so to the browser", () => {
    expect(page).not.toMatch(/<(script|link|img|iframe|object|embed|form|base)\b/i);
    expect(page).not.toMatch(/<[^>]*\s(src|on[a-z]+|style)=/i);
    expect([...page.matchAll(/href="([^"]*)"/g)].map(([, target]) => target)).toEqual([
      "#kg-00112233445566aa",
    ]);
    expect(page).not.toMatch(/url\(|@import/);
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  });

  test("can be printed", () => {
    expect(page).toContain("@media print");
  });

  test("says so where there is nothing to tell", () => {
    const text = [...reportPage({ ...evidence([]), exemptions: [], notices: [] })].join("");
    expect(text).toContain("<p>0 findings between 2026-01-01T00:00:00Z and 2026-04-01T00:00:00Z.</p>");
    expect(text).toContain("<p>None applied in the period.</p>");
    expect(text).toContain("<p>None in the period.</p>");
  });
});

describe("for programs", () => {
  test("JSON is the evidence whole", () => {
    const report: unknown = JSON.parse([...reportJson(evidence([FOUND, { ...FOUND, id: "kg-2" }]))].join(""));
    expect(report).toMatchObject({
      schemaVersion: "1",
      control: { id: "kms-guard/no-full-kms-access" },
      period: { from: "2026-01-01T00:00:00.000Z", to: "2026-04-01T00:00:00.000Z" },
      scope: { account: "111122223333", settings: { mode: "enforce" } },
      exemptions: [{ id: "ke-0011223344556677", state: "in force" }],
      findings: [
        {
          ...FOUND,
          timeline: [
            { at: "2026-03-04T05:06:07Z" },
            { at: "2026-03-04T05:06:12.345Z", what: "received by the guard" },
            { at: "2026-03-04T05:06:14.200Z", what: "notified: open" },
          ],
        },
        { id: "kg-2" },
      ],
    });
  });

  test("page and CSV name the principal whose policies are a violation together", () => {
    const together = evidence([
      { ...COMBINED_FINDING, timing: FOUND.timing, trigger: { kind: "sweep" as const } },
    ]);
    expect([...reportPage(together)].join("")).toContain(
      "<dt>Policy</dt><dd>the policies of role Deploy together</dd>",
    );
    expect([...reportCsv(together)].join("")).toContain(`,combined,Deploy,role/Deploy,${"c0".repeat(32)},`);
  });

  test("CSV is a line a finding, and no formula", () => {
    const formula = { ...FOUND, reason: "=HYPERLINK(1)" };
    const [head, line, ...rest] = [...reportCsv(evidence([formula]))].join("").split("\r\n");
    expect(head).toMatch(/^id,status,verdict,/);
    expect(line).toMatch(/^kg-00112233445566aa,open,full,false,CRITICAL,managed,/);
    expect(line).toContain(",'=HYPERLINK(1),");
    expect(rest).toEqual([""]);
  });
});
