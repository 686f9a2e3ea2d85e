import {
  COMBINED_FINDING,
  EXEMPTION,
  FINDING,
  MALLORY,
  PERMISSION_SET,
} from "@kms-guard/testing/examples/team-x.ts";
import { describe, expect, it } from "vitest";
import type { Exemption } from "../exemptions/exemption.ts";
import type { Finding } from "../findings/finding.ts";
import type { Alert } from "./alert.ts";
import { composeAlert, composeNotice } from "./compose.ts";
import type { NoticeText, ReadNotice } from "./notice.ts";

const { containment: _, ...WITHOUT_CONTAINMENT } = FINDING;
const OPEN: Finding = {
  ...WITHOUT_CONTAINMENT,
  status: "open",
  decision: { mode: "monitor", action: "alert", reason: "monitor mode only alerts" },
};

function fact(alert: Alert, label: string): string | undefined {
  return alert.facts.find((each) => each.label === label)?.value;
}

function section(alert: Alert, heading: string): readonly string[] | undefined {
  return alert.sections.find((each) => each.heading === heading)?.lines;
}

describe("what happened and what was done", () => {
  it.each<[string, Finding, string, string]>([
    [
      "not contained",
      OPEN,
      "CRITICAL not contained: full kms:* granted by managed policy TeamX to 3 principals",
      "One statement allows every KMS action on every key. Nothing was changed: monitor mode only alerts.",
    ],
    [
      "contained",
      {
        ...FINDING,
        status: "contained",
        attachments: [{ ...MALLORY, state: "contained" }],
        containment: { steps: FINDING.containment?.steps.slice(0, 1) ?? [] },
      },
      "CRITICAL contained: full kms:* granted by managed policy TeamX to 3 principals",
      "One statement allows every KMS action on every key. The policy was removed from 1 principal.",
    ],
    [
      "contained, but for a role only AWS can change",
      {
        ...FINDING,
        status: "open",
        attachments: [
          { ...MALLORY, state: "contained" },
          { ...PERMISSION_SET, state: "protected" },
        ],
        containment: { steps: FINDING.containment?.steps.slice(0, 1) ?? [] },
      },
      "CRITICAL contained in part: full kms:* granted by managed policy TeamX to 3 principals",
      "One statement allows every KMS action on every key. The policy was removed from 1 principal; 1 still has it.",
    ],
    [
      "failed",
      FINDING,
      "CRITICAL CONTAINMENT FAILED: full kms:* granted by managed policy TeamX to 3 principals",
      "One statement allows every KMS action on every key. Only 2 of 3 steps worked: act by hand now.",
    ],
    [
      "exempt",
      { ...OPEN, status: "exempt" },
      "CRITICAL exempt: full kms:* granted by managed policy TeamX to 3 principals",
      "One statement allows every KMS action on every key. An exemption covers it: nothing was changed.",
    ],
    [
      "restored",
      { ...FINDING, status: "restored" },
      "CRITICAL restored: full kms:* granted by managed policy TeamX to 3 principals",
      "One statement allows every KMS action on every key. What had been removed was restored.",
    ],
  ])("%s", (_, finding, title, summary) => {
    const alert = composeAlert(finding);
    expect(alert.title).toBe(title);
    expect(alert.summary).toBe(summary);
  });
});

describe("how it ended", () => {
  const resolution = { reason: "version v4 is in force instead", at: "2026-11-23T12:00:00.000Z" };

  it("is what ended it, and who did", () => {
    const alert = composeAlert({
      ...OPEN,
      status: "resolved",
      resolution: {
        ...resolution,
        trigger: {
          kind: "event",
          eventName: "CreatePolicyVersion",
          eventId: "e-2",
          actor: { type: "IAMUser", arn: "arn:aws:iam::111122223333:user/sam\u001b[31m" },
        },
      },
    });
    expect(alert.summary).toBe(
      "One statement allows every KMS action on every key. Resolved: version v4 is in force instead.",
    );
    expect(fact(alert, "Resolved by")).toBe(
      "arn:aws:iam::111122223333:user/sam [31m, CreatePolicyVersion, event e-2, 2026-11-23T12:00:00.000Z",
    );
    expect(section(alert, "Was attached to")).toBeDefined();
    expect(section(alert, "What was not done, and why")).toBeUndefined();
  });

  it.each([
    [{ ...resolution, trigger: { kind: "sweep" } } as const, "nobody that is known of: found by a sweep"],
    [resolution, "the guard"],
  ])("may be nobody's doing that is known of, or the guard's own", (ending, by) => {
    const alert = composeAlert({ ...OPEN, status: "resolved", resolution: ending });
    expect(fact(alert, "Resolved by")).toBe(`${by}, 2026-11-23T12:00:00.000Z`);
  });
});

describe("who did it", () => {
  it("is the actor, with what the caller wrote marked as such", () => {
    const alert = composeAlert({
      ...OPEN,
      trigger: {
        ...OPEN.trigger,
        actor: {
          type: "IAMUser",
          arn: "arn:aws:iam::111122223333:user/mallory",
          invokedBy: "cloudformation.amazonaws.com",
          mfa: true,
          userAgent: "all is well\nSeverity: INFO",
        },
      },
    });
    expect(fact(alert, "Actor")).toBe("arn:aws:iam::111122223333:user/mallory (IAMUser)");
    expect(fact(alert, "Called through")).toBe("cloudformation.amazonaws.com");
    expect(fact(alert, "MFA")).toBe("yes");
    expect(fact(alert, "User agent (the caller's own text)")).toBe("all is well Severity: INFO");
  });

  it("is a session, with the role behind it", () => {
    expect(fact(composeAlert(OPEN), "Role of the session")).toBe("arn:aws:iam::111122223333:role/ci/Deploy");
    expect(fact(composeAlert(OPEN), "Source IP")).toBe("203.0.113.7");
  });

  it("says no more than CloudTrail did", () => {
    const alert = composeAlert({ ...OPEN, trigger: { ...OPEN.trigger, actor: { type: "Root" } } });
    expect(fact(alert, "Actor")).toBe("without ARN (Root)");
    expect(fact(alert, "MFA")).toBe("not recorded by CloudTrail");
    expect(fact(alert, "Source IP")).toBeUndefined();
  });

  it("is nobody where a sweep found it", () => {
    const alert = composeAlert({
      ...OPEN,
      trigger: { kind: "sweep" },
      timing: { receivedAt: "2026-11-23T04:00:00Z" },
    });
    expect(fact(alert, "Call")).toBe(
      "none: found by a sweep; its event was missed, or is older than the guard",
    );
    expect(fact(alert, "Actor")).toBeUndefined();
    expect(fact(alert, "Timing")).toBe("found 2026-11-23T04:00:00Z");
  });
});

it.each([
  [true, "conditional-full (its conditions always hold), CRITICAL"],
  [false, "conditional-full, CRITICAL"],
])("says of conditions whether they always hold: %s", (vacuous, verdict) => {
  expect(fact(composeAlert({ ...OPEN, verdict: "conditional-full", vacuous }), "Verdict")).toBe(verdict);
});

it("counts from the event to the containment", () => {
  const timing = { ...FINDING.timing, containedAt: "2026-11-23T03:00:10Z" };
  expect(fact(composeAlert({ ...FINDING, timing }), "Timing")).toBe(
    "event 2026-11-23T03:00:00Z, received 8.2 s later, contained 10.0 s later",
  );
});

describe("the proof", () => {
  it("names the statement, its patterns and its conditions", () => {
    const alert = composeAlert({
      ...OPEN,
      evidence: [
        {
          path: "Statement[1]",
          effect: "Allow",
          actions: ["kms:*", "*"],
          resources: ["*"],
          conditions: [{ operator: "StringLike", key: "aws:PrincipalArn", values: ["*", "x"] }],
          contributes: "its condition always holds",
        },
      ],
      missingActions: ["kms:ListAliases"],
    });
    expect(section(alert, "Proof")).toEqual([
      "Statement[1]: Allow kms:*, * on *",
      "  if StringLike aws:PrincipalArn: * or x",
      "  its condition always holds",
    ]);
    expect(section(alert, "What is missing from full")).toEqual(["kms:ListAliases"]);
  });

  it("has no heading for what there is nothing of", () => {
    expect(section(composeAlert(OPEN), "What is missing from full")).toBeUndefined();
    expect(section(composeAlert(OPEN), "What was done")).toBeUndefined();
  });
});

describe("what was done and what was not", () => {
  it("is told step by step, failures loudest", () => {
    expect(section(composeAlert(FINDING), "What was done")).toEqual([
      "done: detach-user-policy arn:aws:iam::111122223333:policy/TeamX from user mallory at 2026-11-23T03:00:09Z",
      "FAILED: detach-role-policy arn:aws:iam::111122223333:policy/TeamX from role Deploy at 2026-11-23T03:00:10Z: AccessDenied: explicit deny in a service control policy",
      "already: detach-group-policy arn:aws:iam::111122223333:policy/TeamX from group Admins at 2026-11-23T03:00:10Z",
    ]);
    expect(section(composeAlert(FINDING), "What was not done, and why")).toEqual([
      "still attached to role Deploy (arn:aws:iam::111122223333:role/ci/Deploy)",
    ]);
  });

  it("is the reason alone where nothing was tried", () => {
    expect(section(composeAlert(OPEN), "What was not done, and why")).toEqual(["monitor mode only alerts"]);
  });

  it("is who is reached through a group", () => {
    expect(section(composeAlert(OPEN), "Attached to")).toEqual([
      "user mallory",
      "role Deploy (arn:aws:iam::111122223333:role/ci/Deploy)",
      "group Admins, so 12 users",
    ]);
  });
});

describe("what taking it away does not undo", () => {
  const heading = "What containment does not undo";

  it("is the grants and key policies made since, with the commands that find them", () => {
    expect(section(composeAlert(FINDING), heading)?.slice(0, 3)).toEqual([
      "KMS grants and key policies made in the meantime (since 2026-11-23T03:00:00Z) stay in force.",
      "Look for them in every region that has keys:",
      "aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=CreateGrant --start-time 2026-11-23T03:00:00Z",
    ]);
  });

  it("takes no time into a command that is none", () => {
    const trigger = { ...FINDING.trigger, eventTime: "now; rm -rf /" };
    expect(section(composeAlert({ ...FINDING, trigger }), heading)?.[2]).toBe(
      "aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=CreateGrant",
    );
  });

  it.each<[string, Finding]>([
    ["an exemption lets it stand", { ...OPEN, status: "exempt" }],
    ["nobody holds it", { ...OPEN, attachments: [] }],
    ["a newer version guards a service that this one does not know", { ...OPEN, service: "s3" }],
  ])("is left out where %s", (_, finding) => {
    expect(section(composeAlert(finding), heading)).toBeUndefined();
  });
});

it("shows the change line by line", () => {
  expect(section(composeAlert(FINDING), "What changed")).toEqual([
    "compared with v2, its verdict: none",
    "@@ -1 +1 @@",
    '-      "Action": "kms:Decrypt"',
    '+      "Action": "kms:*"',
  ]);
});

it("keeps a part of very many lines to sixty, and says how many more there are", () => {
  const attachments = Array.from(
    { length: 63 },
    (_, index) => ({ type: "user", name: `u${index}`, state: "standing" }) as const,
  );
  const lines = section(composeAlert({ ...OPEN, attachments }), "Attached to");
  expect(lines?.slice(59)).toEqual(["user u59", "and 3 more"]);
});

it("says an inline policy's owner", () => {
  const policy = {
    kind: "inline",
    name: "p",
    documentSha256: "",
    principal: { type: "user", name: "mallory" },
  } as const;
  expect(fact(composeAlert({ ...OPEN, policy }), "Policy")).toBe("inline p of user mallory");
});

it("says of policies that are a violation together whose they are, and lists them", () => {
  const alert = composeAlert(COMBINED_FINDING);
  expect(alert.title).toBe(
    "CRITICAL not contained: full kms:* granted by the policies of role Deploy together",
  );
  expect(alert.summary).toBe(
    "One statement allows every KMS action on every key. Nothing was changed: a person decides which of the policies to take away.",
  );
  expect(fact(alert, "Policy")).toBe("the policies of role Deploy together");
  expect(section(alert, "Principal")).toEqual(["role Deploy (arn:aws:iam::111122223333:role/ci/Deploy)"]);
  expect(section(alert, "Attached to")).toBeUndefined();
});

const NOTICE: NoticeText = {
  schemaVersion: "1",
  id: "kn-1",
  severity: "HIGH",
  title: "an event could not be read",
  reason: "the record has no `eventName`",
  account: "111122223333",
  region: "us-east-1",
  at: "2026-11-23T03:00:08Z",
  nextSteps: ["npx --no kms-guard doctor"],
};

it("says what a notice's data says, each fact in one line", () => {
  const problems = [{ path: "Event\nid", message: "unknown\u001b[2J" }];
  expect(composeNotice({ ...NOTICE, kind: "malformed-record", data: { eventId: "e-1", problems } })).toEqual({
    title: "HIGH notice: an event could not be read",
    severity: "HIGH",
    summary: "The record has no `eventName`.",
    facts: [
      { label: "Kind", value: "malformed-record" },
      { label: "Account", value: "111122223333, us-east-1" },
      { label: "At", value: "2026-11-23T03:00:08Z" },
      { label: "Event", value: "e-1" },
      { label: "Event id", value: "unknown [2J" },
      { label: "Notice", value: "kn-1" },
    ],
    sections: [],
    nextSteps: ["npx --no kms-guard doctor"],
    links: [],
  });
});

const factsOf = (notice: ReadNotice) =>
  composeNotice(notice)
    .facts.slice(3, -1)
    .map(({ label, value }) => `${label}: ${value}`);

it("says whom an exemption is for, until when and who made it", () => {
  const { documentSha256: _, ...anyVersion } = EXEMPTION;
  const exemption: Exemption = {
    ...anyVersion,
    principal: { type: "role", name: "KeyAdmin" },
    ticket: "OPS-17",
  };
  const actor = { arn: "arn:aws:iam::111122223333:user/alex" };
  expect(factsOf({ ...NOTICE, kind: "exemption-added", actor, data: { exemption } })).toEqual([
    "Actor: arn:aws:iam::111122223333:user/alex",
    `Exemption: ${EXEMPTION.id}`,
    "Policy: arn:aws:iam::111122223333:policy/TeamX",
    "Only on: role/KeyAdmin",
    "Document: any version",
    `Reason: ${EXEMPTION.reason}`,
    `Owner: ${EXEMPTION.owner}`,
    "Ticket: OPS-17",
    `Until: ${EXEMPTION.expiresAt}`,
  ]);
});

it("says which text an exemption is bound to", () => {
  const exemption = { ...EXEMPTION, documentSha256: "0f0f" };
  expect(factsOf({ ...NOTICE, kind: "exemption-expiring", data: { exemption } })).toContain(
    "Document: SHA-256 0f0f",
  );
});

it("says of a notice that only a newer version knows its title and reason", () => {
  const alert = composeNotice({ ...NOTICE, kind: "digest", unknownData: { count: 3 } });
  expect(alert.title).toBe("HIGH notice: an event could not be read");
  expect(alert.summary).toBe("The record has no `eventName`.");
  expect(alert.facts.map(({ label }) => label)).toEqual(["Kind", "Account", "At", "Notice"]);
});
