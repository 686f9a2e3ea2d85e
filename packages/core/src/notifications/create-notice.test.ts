import { ENFORCE } from "@kms-guard/testing/examples/team-x.ts";
import { describe, expect, test } from "vitest";
import type { ApiCall } from "../events/api-call.ts";
import type { Exemption } from "../exemptions/exemption.ts";
import { KMS } from "../services/kms.ts";
import {
  dormantVersionNotice,
  exemptionAddedNotice,
  exemptionExpiringNotice,
  exemptionRemovedNotice,
  malformedRecordNotice,
  parametersOmittedNotice,
  unreadableRecordNotice,
} from "./create-notice.ts";

const ALEX = "arn:aws:iam::111122223333:user/alex";
const TOOLS = "arn:aws:iam::111122223333:policy/Tools";
const ORIGIN = {
  account: ENFORCE.account,
  region: "us-east-1",
  nowMs: Date.parse("2026-03-02T09:00:00Z"),
};
const TEXT = {
  schemaVersion: "1",
  id: expect.stringMatching(/^kn-[0-9a-f]{16}$/),
  account: "111122223333",
  region: "us-east-1",
  at: "2026-03-02T09:00:00.000Z",
};
const EXEMPTION: Exemption = {
  id: "ke-0011223344556677",
  account: "111122223333",
  policy: { kind: "inline", principal: { type: "role", name: "KeyAdmin" }, name: "own" },
  documentSha256: "0f0f",
  reason: "key ceremony",
  owner: "security@example.com",
  ticket: "OPS-17",
  createdBy: ALEX,
  createdAt: "2026-03-02T09:00:00.000Z",
  expiresAt: "2026-04-01T09:00:00.000Z",
};

describe("the notice of", () => {
  test("an exemption that is added: as severe as what it exempts", () => {
    expect(exemptionAddedNotice(EXEMPTION, ALEX, ORIGIN)).toEqual({
      ...TEXT,
      kind: "exemption-added",
      severity: "HIGH",
      title: "inline policy own of role/KeyAdmin is exempt until 2026-04-01T09:00:00.000Z",
      reason: "arn:aws:iam::111122223333:user/alex exempted it: key ceremony",
      actor: { arn: ALEX },
      data: { exemption: EXEMPTION },
      nextSteps: ["npx --no kms-guard exempt remove ke-0011223344556677", "npx --no kms-guard exempt list"],
    });
  });

  test("an exemption that is removed: no alarm, and who removed it", () => {
    expect(exemptionRemovedNotice(EXEMPTION, ALEX, ORIGIN)).toMatchObject({
      kind: "exemption-removed",
      severity: "INFO",
      title: "inline policy own of role/KeyAdmin is no longer exempt by ke-0011223344556677",
      actor: { arn: ALEX },
      data: { exemption: EXEMPTION },
    });
  });

  test("an exemption that is about to expire", () => {
    expect(exemptionExpiringNotice(EXEMPTION, ORIGIN)).toMatchObject({
      kind: "exemption-expiring",
      severity: "LOW",
      title: "inline policy own of role/KeyAdmin is exempt only until 2026-04-01T09:00:00.000Z",
      data: { exemption: EXEMPTION },
    });
  });

  test("a record that cannot be read, in one line whatever the record has for a name", () => {
    const problems = [{ path: "eventID", message: "is 7, not a text" }];
    expect(
      malformedRecordNotice({ kind: "malformed", eventName: "Create\nPolicy", problems }, ORIGIN),
    ).toEqual({
      ...TEXT,
      kind: "malformed-record",
      severity: "HIGH",
      title: "a CloudTrail record of Create Policy cannot be read",
      reason: "The guard cannot read what the call changed, so it may have missed a violation.",
      data: { eventName: "Create\nPolicy", problems },
      nextSteps: ["npx --no kms-guard scan --live"],
    });
  });

  test("a call whose parameters were left out: the actor as in a finding", () => {
    const actor = { type: "IAMUser", arn: ALEX, sourceIp: "203.0.113.7" };
    const call: ApiCall = {
      ...{ eventId: "e-1", eventName: "CreatePolicy", eventTime: "2026-03-02T08:59:00Z" },
      ...{ account: "111122223333", region: "us-east-1", partition: "aws", actor },
      ...{ scope: { kind: "account" }, effect: "grants", parametersOmitted: true },
    };
    expect(parametersOmittedNotice(call, ORIGIN)).toMatchObject({
      kind: "parameters-omitted",
      severity: "HIGH",
      actor,
      data: { eventId: "e-1", eventName: "CreatePolicy", eventTime: "2026-03-02T08:59:00Z" },
    });
  });

  test("a dormant version, with the command that deletes it", () => {
    const dormant = { versionId: "v2", documentSha256: "0f0f", verdict: "full" } as const;
    expect(dormantVersionNotice({ arn: TOOLS, versionId: "v3" }, dormant, KMS, ORIGIN)).toMatchObject({
      kind: "dormant-version",
      severity: "LOW",
      data: {
        policyArn: TOOLS,
        versionId: "v2",
        defaultVersionId: "v3",
        documentSha256: "0f0f",
        verdict: "full",
      },
      nextSteps: [
        "aws iam delete-policy-version --policy-arn 'arn:aws:iam::111122223333:policy/Tools' --version-id v2",
      ],
    });
  });

  test("a record of the findings table that cannot be read", () => {
    const record = { id: "kg-1", problem: "status: Invalid type" };
    expect(unreadableRecordNotice(record, ORIGIN)).toMatchObject({
      kind: "unreadable-record",
      severity: "MEDIUM",
      data: record,
    });
  });
});

describe("a notice's id", () => {
  const idAt = (nowMs: number, change: Partial<Exemption> = {}) =>
    exemptionExpiringNotice({ ...EXEMPTION, ...change }, { ...ORIGIN, nowMs }).id;

  test("is the same for the same subject, whenever it is made", () => {
    expect(idAt(0)).toBe(idAt(1));
  });

  test("is another for another subject, and in another account", () => {
    const { id } = exemptionExpiringNotice(EXEMPTION, {
      ...ORIGIN,
      account: { ...ENFORCE.account, id: "444455556666" },
    });
    expect(new Set([idAt(0), idAt(0, { expiresAt: "2026-05-01T09:00:00.000Z" }), id]).size).toBe(3);
  });
});
