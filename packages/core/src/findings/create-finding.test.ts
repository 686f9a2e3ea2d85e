import {
  ADMINISTRATOR_ACCESS,
  ADMINS,
  COMBINED,
  COMBINED_FINDING,
  DEPLOY,
  ENFORCE,
  FULL,
  INLINE,
  KMS_STAR,
  KMS_STAR_SHA256,
  MALLORY,
  TEAM_X,
} from "@kms-guard/testing/examples/team-x.ts";
import { describe, expect, it } from "vitest";
import { SECRETS_MANAGER } from "../services/secrets-manager.fixture.ts";
import { createFinding, type FindingInput } from "./create-finding.ts";
import type { Finding } from "./finding.ts";

const GIVEN: FindingInput = {
  policy: TEAM_X,
  verdict: FULL,
  trigger: {
    kind: "event",
    eventName: "AttachUserPolicy",
    eventId: "0a1b2c3d-0000-4000-8000-000000000001",
    eventTime: "2026-11-23T03:00:00Z",
  },
  settings: ENFORCE,
  receivedAtMs: Date.parse("2026-11-23T03:00:08.200Z"),
};

function found(given: Partial<FindingInput>): Finding {
  const finding = createFinding({ ...GIVEN, ...given });
  if (finding === undefined) throw new Error("there is a finding in every one of these cases");
  return finding;
}

it("finds nothing where nothing is granted", () => {
  expect(createFinding({ ...GIVEN, verdict: { ...FULL, name: "none" } })).toBeUndefined();
});

it("has everything that other programs read", () => {
  expect(
    found({
      change: { previousVersionId: "v2" },
      settings: { ...ENFORCE, historyLogGroup: "/kms-guard/history" },
    }),
  ).toEqual({
    schemaVersion: "1",
    id: expect.stringMatching(/^kg-[0-9a-f]{16}$/),
    status: "open",
    service: "kms",
    verdict: "full",
    vacuous: false,
    severity: "CRITICAL",
    title: "full kms:* granted by managed policy TeamX to 3 principals",
    reason: "one statement allows every KMS action on every key",
    account: "111122223333",
    partition: "aws",
    region: "us-east-1",
    policy: {
      kind: "managed",
      arn: "arn:aws:iam::111122223333:policy/TeamX",
      name: "TeamX",
      versionId: "v3",
      documentSha256: KMS_STAR_SHA256,
    },
    evidence: [
      {
        path: "Statement",
        sid: "Keys",
        effect: "Allow",
        actions: ["kms:*"],
        resources: ["*"],
        conditions: [],
        contributes: "allows every KMS action on every key",
      },
    ],
    missingActions: [],
    attachments: [
      { type: "user", name: "mallory", state: "standing" },
      { type: "role", name: "Deploy", arn: "arn:aws:iam::111122223333:role/ci/Deploy", state: "standing" },
      { type: "group", name: "Admins", members: 12, state: "standing" },
    ],
    trigger: GIVEN.trigger,
    change: { previousVersionId: "v2" },
    decision: { mode: "enforce", action: "alert", reason: "not decided yet" },
    timing: { eventTime: "2026-11-23T03:00:00Z", receivedAt: "2026-11-23T03:00:08.200Z" },
    nextSteps: [],
    links: {
      policy:
        "https://console.aws.amazon.com/iam/home#/policies/details/arn%3Aaws%3Aiam%3A%3A111122223333%3Apolicy%2FTeamX",
      event:
        "https://console.aws.amazon.com/cloudtrailv2/home?region=us-east-1#/events/0a1b2c3d-0000-4000-8000-000000000001",
      history:
        "https://console.aws.amazon.com/cloudwatch/home?region=us-east-1#logsV2:log-groups/log-group/$252Fkms-guard$252Fhistory",
    },
  });
});

it("says of an inline policy whose it is", () => {
  const { policy, attachments } = found({ policy: INLINE });
  expect(policy).toEqual({
    kind: "inline",
    name: "everything",
    documentSha256: KMS_STAR_SHA256,
    principal: { type: "user", name: "mallory" },
  });
  expect(attachments).toEqual([{ type: "user", name: "mallory", state: "standing" }]);
});

it("says of policies that are a violation together whose they are", () => {
  const { policy, attachments, links } = found({ policy: COMBINED });
  expect(policy).toEqual(COMBINED_FINDING.policy);
  expect(attachments).toEqual([{ ...DEPLOY, id: "AROADEPLOY", state: "standing" }]);
  expect(links.policy).toBe("https://console.aws.amazon.com/iam/home#/roles/details/Deploy");
});

describe("the id", () => {
  const id = found({}).id;

  it.each<[string, Partial<FindingInput>]>([
    ["delivered again, later", { receivedAtMs: Date.parse("2026-11-23T04:00:00Z") }],
    ["read when others hold the policy too", { policy: { ...TEAM_X, attachments: [ADMINS] } }],
    ["replayed", { trigger: { kind: "replay", eventId: "0a1b2c3d-0000-4000-8000-000000000001" } }],
  ])("is the same for the same event %s", (_, given) => {
    expect(found(given).id).toBe(id);
  });

  it.each<[string, Partial<FindingInput>]>([
    ["another event", { trigger: { ...GIVEN.trigger, eventId: "0a1b2c3d-0000-4000-8000-000000000002" } }],
    ["another text", { policy: { ...TEAM_X, document: `${KMS_STAR}\n` } }],
    ["another policy", { policy: ADMINISTRATOR_ACCESS }],
    ["an inline policy", { policy: INLINE }],
    ["another account", { settings: { ...ENFORCE, account: { id: "444455556666", partition: "aws" } } }],
    ["no event", { trigger: { kind: "sweep" } }],
  ])("is another for %s", (_, given) => {
    expect(found(given).id).not.toBe(id);
  });

  it("without event is of its kind and its principals", () => {
    const sweep = (discriminator: string): string => found({ trigger: { kind: "sweep" }, discriminator }).id;
    expect(sweep("user/alice")).toBe(sweep("user/alice"));
    expect(sweep("user/alice")).not.toBe(sweep("user/bob"));
    expect(sweep("user/alice")).not.toBe(
      found({ trigger: { kind: "scan" }, discriminator: "user/alice" }).id,
    );
  });

  it("is another for the policies of a role that was created again under an old name", () => {
    const again = { ...COMBINED, principal: { ...COMBINED.principal, id: "AROAOTHER" } };
    expect(found({ policy: again }).id).not.toBe(found({ policy: COMBINED }).id);
  });

  it("is another for a role's inline policy than for a user's of the same name", () => {
    const ofRole = { ...INLINE, principal: { type: "role", name: "mallory" } } as const;
    expect(found({ policy: ofRole }).id).not.toBe(found({ policy: INLINE }).id);
  });
});

describe("the title", () => {
  it.each<[string, Partial<FindingInput>]>([
    ["full kms:* granted by inline policy everything to user mallory", { policy: INLINE }],
    ["full kms:* granted by the policies of role Deploy together", { policy: COMBINED }],
    [
      "the policies of role Deploy together cannot be evaluated",
      { policy: COMBINED, verdict: { ...FULL, name: "invalid", severity: "HIGH" } },
    ],
    [
      "full kms:* granted by AWS managed policy AdministratorAccess to 3 principals",
      { policy: ADMINISTRATOR_ACCESS },
    ],
    [
      "near-full kms:* granted by managed policy TeamX to user mallory",
      { policy: { ...TEAM_X, attachments: [MALLORY] }, verdict: { ...FULL, name: "near-full" } },
    ],
    [
      "full kms:* granted on conditions by managed policy TeamX to 3 principals",
      { verdict: { ...FULL, name: "conditional-full" } },
    ],
    [
      "full kms:* granted on conditions that always hold by managed policy TeamX to 3 principals",
      { verdict: { ...FULL, name: "conditional-full", vacuous: true } },
    ],
    [
      "part of full kms:* granted by managed policy TeamX, attached to nobody yet",
      { policy: { ...TEAM_X, attachments: [] }, verdict: { ...FULL, name: "scoped-full" } },
    ],
    [
      "managed policy TeamX cannot be evaluated, attached to 3 principals",
      { verdict: { ...FULL, name: "invalid", severity: "HIGH" } },
    ],
    [
      "managed policy TeamX may grant full kms:*, attached to 3 principals",
      { verdict: { ...FULL, name: "invalid", severity: "CRITICAL" } },
    ],
    [
      "full kms:* granted by managed policy Team X [31m Y to 3 principals",
      { policy: { ...TEAM_X, name: "Team\r\nX\u001b[31m\u202eY" } },
    ],
  ])("%s", (title, given) => {
    expect(found(given).title).toBe(title);
  });
});

it.each([
  ["full", "full secretsmanager:* granted by managed policy TeamX to 3 principals"],
  ["scoped-full", "part of full secretsmanager:* granted by managed policy TeamX to 3 principals"],
] as const)("names the service of a %s grant", (name, title) => {
  const settings = { ...ENFORCE, service: SECRETS_MANAGER };
  expect(found({ verdict: { ...FULL, name }, settings })).toMatchObject({ service: "secretsmanager", title });
});
