import type { Exemption } from "@kms-guard/core/exemptions/exemption.ts";
import { NOTICE_KINDS, type NoticeData, type NoticeKind } from "@kms-guard/core/notifications/notice.ts";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { NOTICE } from "./notice.fixture.ts";
import { noticeSchema } from "./notice-schema.ts";

const { kind: _, data: __, ...TEXT } = NOTICE;
const EXEMPTION: Exemption = {
  id: "ke-1",
  account: "111122223333",
  policy: { kind: "inline", principal: { type: "role", name: "Build" }, name: "own" },
  reason: "key ceremony",
  owner: "security@example.com",
  createdBy: "arn:aws:iam::111122223333:user/alex",
  createdAt: "2026-02-01T00:00:00.000Z",
  expiresAt: "2026-05-01T00:00:00.000Z",
};
const DATA: { readonly [Kind in NoticeKind]: NoticeData[Kind] } = {
  "malformed-record": { problems: [{ path: "", message: "is no object" }] },
  "parameters-omitted": {
    eventId: "e-1",
    eventName: "CreatePolicy",
    eventTime: "2026-03-04T05:06:07Z",
  },
  "exemption-added": { exemption: EXEMPTION },
  "exemption-removed": { exemption: EXEMPTION },
  "exemption-expiring": { exemption: EXEMPTION },
  "dormant-version": {
    policyArn: "arn:aws:iam::111122223333:policy/Tools",
    versionId: "v2",
    defaultVersionId: "v3",
    documentSha256: "0f0f",
    verdict: "full",
  },
  "unreadable-record": { id: "kg-1", problem: "status: Invalid type" },
};

describe("a notice is read", () => {
  test.each(NOTICE_KINDS)("of the kind %s, as it was written", (kind) => {
    const notice = { ...TEXT, kind, data: DATA[kind] };
    expect(v.parse(noticeSchema, notice)).toEqual(notice);
  });

  test("with its actor, the findings it is about, and what a newer version adds", () => {
    const notice = {
      ...NOTICE,
      actor: { arn: "arn:aws:iam::111122223333:user/alex" },
      findings: ["kg-1"],
      data: { ...NOTICE.data, added: 1 },
      added: 2,
    };
    expect(v.parse(noticeSchema, notice)).toEqual(notice);
  });

  test.each([
    { what: "a kind that only a newer version knows", kind: "digest", data: { count: 3 } },
    { what: "data that only a newer version knows", kind: "exemption-added", data: { exemptions: [] } },
    { what: "no data", kind: "malformed-record", data: undefined },
  ])("with title and reason, where it has $what", ({ kind, data }) => {
    expect(v.parse(noticeSchema, { ...TEXT, kind, data })).toEqual({ ...TEXT, kind, unknownData: data });
  });
});

test.each([
  ["without a title", { ...NOTICE, title: undefined }],
  ["of another schema version", { ...NOTICE, schemaVersion: "2" }],
  ["of a severity that there is not", { ...NOTICE, severity: "URGENT" }],
  ["that is no object", "notice"],
])("a notice %s is not read", (_, given) => {
  expect(v.is(noticeSchema, given)).toBe(false);
});
