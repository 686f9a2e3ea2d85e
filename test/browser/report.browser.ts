import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { ENFORCE } from "@kms-guard/testing/examples/team-x.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Evidence, evidenceFrom } from "../../packages/cli/src/report/evidence.ts";
import { reportPage } from "../../packages/cli/src/report/page.ts";
import { type FreshBrowser, freshBrowser } from "./chromium.ts";

const SCRIPT = "</pre></title></style><script>document.title='taken';alert(1)</script>";
const IMAGE = "\"'><img src=https://example.com/x onerror=alert(2)><svg onload=alert(3)>";
const LINK = "<a href=javascript:alert(4)>restore</a><base href=https://example.com/><iframe srcdoc=x>";

const FINDING: Finding = {
  schemaVersion: "1",
  id: "kg-0123456789abcdef",
  status: "contained",
  service: "kms",
  verdict: "full",
  vacuous: false,
  severity: "CRITICAL",
  title: `full kms:* granted by inline policy ${SCRIPT}`,
  reason: "allows every KMS action on every key",
  account: "111122223333",
  partition: "aws",
  region: "us-east-1",
  policy: {
    kind: "inline",
    name: SCRIPT,
    documentSha256: "d3a6b24daed27fd68f28b9bc88890d647c763b95e863ef2225ae24b6b9bd0aa0",
    principal: { type: "user", name: IMAGE },
  },
  evidence: [
    {
      path: "Statement[0]",
      sid: IMAGE,
      effect: "Allow",
      actions: ["kms:*"],
      resources: ["*", SCRIPT],
      conditions: [],
      contributes: LINK,
    },
  ],
  missingActions: [],
  attachments: [{ type: "user", name: IMAGE, state: "standing" }],
  trigger: {
    kind: "event",
    eventName: "PutUserPolicy",
    eventId: "e-1",
    eventTime: "2026-01-02T03:04:05Z",
    actor: { type: "IAMUser", arn: `arn:aws:iam::111122223333:user/${LINK}`, userAgent: SCRIPT },
  },
  change: { diff: `+${IMAGE}\n-${SCRIPT}` },
  decision: { mode: "enforce", action: "contain", reason: LINK },
  containment: {
    steps: [
      {
        action: "delete-user-policy",
        target: { principal: { type: "user", name: IMAGE }, policyName: SCRIPT },
        document: "{}",
        outcome: "done",
        at: "2026-01-02T03:04:07Z",
      },
    ],
  },
  timing: { eventTime: "2026-01-02T03:04:05Z", receivedAt: "2026-01-02T03:04:06Z" },
  nextSteps: [SCRIPT],
  links: { policy: "javascript:alert(5)" },
};

const EVIDENCE: Evidence = evidenceFrom({
  fromMs: Date.parse("2026-01-01T00:00:00Z"),
  toMs: Date.parse("2026-02-01T00:00:00Z"),
  nowMs: Date.parse("2026-02-01T00:00:00Z"),
  stage: "production",
  settings: ENFORCE,
  by: `arn:aws:iam::111122223333:user/${IMAGE}`,
  findings: [FINDING],
  unreadable: [],
  exemptions: [
    {
      id: "ke-0123456789abcdef",
      account: "111122223333",
      policy: { kind: "inline", name: SCRIPT, principal: { type: "user", name: IMAGE } },
      reason: SCRIPT,
      owner: LINK,
      createdBy: "arn:aws:iam::111122223333:user/alice",
      createdAt: "2026-01-02T00:00:00Z",
      expiresAt: "2026-03-02T00:00:00Z",
    },
  ],
  history: { notifications: new Map(), earlier: [IMAGE], notices: [], unreadable: 0 },
  sweepsMs: { problem: SCRIPT },
  events: { problem: IMAGE },
});

let folder: string;
let browser: FreshBrowser;
let url: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kms-guard-report-"));
  const file = join(folder, "report.html");
  await writeFile(file, [...reportPage(EVIDENCE)].join(""));
  url = pathToFileURL(file).href;
  browser = await freshBrowser({ colorScheme: "light", viewport: { width: 1100, height: 800 } });
  await browser.page.goto(url);
});
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

test("a report of names full of markup runs nothing and asks nobody", async () => {
  expect(browser.said).toEqual([]);
  expect(browser.asked).toEqual([url]);
  expect(await browser.page.title()).toContain("KMS access report, account 111122223333");
});

test("what is in it is what we wrote: no element comes of a name", async () => {
  const names = await browser.page.evaluate(
    "[...new Set([...document.querySelectorAll('*')].map((element) => element.localName))].sort()",
  );
  expect(names).toEqual([
    ...[
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
      "li",
      "main",
    ],
    ...[
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
      "title",
      "tr",
      "ul",
    ],
  ]);
  const links = await browser.page.evaluate(
    "[...document.querySelectorAll('[href]')].map((element) => element.getAttribute('href'))",
  );
  expect(links).toEqual(["#kg-0123456789abcdef"]);
});

test("the names are there to read, as they are written", async () => {
  const finding = browser.page.locator("#kg-0123456789abcdef");
  expect(await finding.locator("h3").textContent()).toBe(
    `kg-0123456789abcdef: full kms:* granted by inline policy ${SCRIPT}`,
  );
  expect(await finding.locator("pre").first().textContent()).toContain(`(Sid ${IMAGE})`);
});

test("it prints", async () => {
  const pdf = await browser.page.pdf({ format: "A4" });
  expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
  // On paper nothing runs over the edge.
  await browser.page.emulateMedia({ media: "print" });
  await browser.page.setViewportSize({ width: 680, height: 1000 });
  expect(await browser.page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(680);
});
