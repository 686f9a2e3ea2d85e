import type { Exemption } from "@kms-guard/core/exemptions/exemption.ts";
import type { NoticeOf } from "@kms-guard/core/notifications/notice.ts";
import { describe, expect, test } from "vitest";
import { exemptionStates } from "./exemption-states.ts";

const PERIOD = { fromMs: Date.parse("2026-01-01T00:00:00Z"), toMs: Date.parse("2026-04-01T00:00:00Z") };
const EXEMPTION: Exemption = {
  id: "ke-1",
  account: "111122223333",
  policy: { kind: "managed", arn: "arn:aws:iam::111122223333:policy/Keys" },
  documentSha256: "0f0f",
  reason: "key ceremony",
  owner: "security@example.com",
  createdBy: "arn:aws:iam::111122223333:user/alex",
  createdAt: "2026-02-01T00:00:00.000Z",
  expiresAt: "2026-05-01T00:00:00.000Z",
};

type ExemptionNotice = NoticeOf<"exemption-added"> | NoticeOf<"exemption-removed">;

function notice(kind: ExemptionNotice["kind"], at: string, exemption = EXEMPTION): ExemptionNotice {
  return {
    schemaVersion: "1",
    id: `kn-${exemption.id}-${kind}`,
    kind,
    severity: "HIGH",
    title: "an exemption",
    reason: "changed",
    account: "111122223333",
    region: "us-east-1",
    at,
    actor: { arn: "arn:aws:iam::111122223333:user/sam" },
    data: { exemption },
    nextSteps: [],
  };
}

function statesOf(exemptions: readonly Exemption[], notices: readonly ExemptionNotice[] | undefined) {
  return exemptionStates({ ...PERIOD, exemptions, notices }).map(({ id, state, remark }) => ({
    id,
    state,
    ...(remark !== undefined && { remark }),
  }));
}

const ADDED = notice("exemption-added", "2026-02-01T00:00:00.000Z");
const REMOVED = notice("exemption-removed", "2026-03-01T00:00:00.000Z");

describe("an exemption of the table", () => {
  test("is in force at the period's end, with a notice when it was added", () => {
    expect(statesOf([EXEMPTION], [ADDED])).toEqual([{ id: "ke-1", state: "in force" }]);
  });

  test("expired in the period", () => {
    expect(statesOf([{ ...EXEMPTION, expiresAt: "2026-03-31T23:59:59.000Z" }], [ADDED])).toEqual([
      { id: "ke-1", state: "lapsed" },
    ]);
  });

  test.each([
    { when: "expired before the period", exemption: { ...EXEMPTION, expiresAt: "2026-01-01T00:00:00.000Z" } },
    { when: "made after it", exemption: { ...EXEMPTION, createdAt: "2026-04-01T00:00:00.000Z" } },
  ])("is left out where it was $when", ({ exemption }) => {
    expect(statesOf([exemption], [])).toEqual([]);
  });

  test("is remarked on where nobody was told of it", () => {
    expect(statesOf([EXEMPTION], [])).toEqual([
      { id: "ke-1", state: "in force", remark: "the history has no notice that it was added" },
    ]);
  });

  test.each([
    { why: "a restore tells of its own", exemption: { ...EXEMPTION, id: "ke-restore-kg-1" }, notices: [] },
    {
      why: "it was made before the period",
      exemption: { ...EXEMPTION, createdAt: "2025-12-31T00:00:00.000Z" },
      notices: [],
    },
    { why: "the history cannot be read", exemption: EXEMPTION, notices: undefined },
  ])("is not remarked on where $why", ({ exemption, notices }) => {
    expect(statesOf([exemption], notices)).toEqual([{ id: exemption.id, state: "in force" }]);
  });
});

describe("an exemption that only the history tells of", () => {
  test("was removed, by whom and when", () => {
    expect(exemptionStates({ ...PERIOD, exemptions: [], notices: [ADDED, REMOVED] })).toEqual([
      {
        id: "ke-1",
        policy: "arn:aws:iam::111122223333:policy/Keys",
        documentSha256: "0f0f",
        reason: "key ceremony",
        owner: "security@example.com",
        createdBy: "arn:aws:iam::111122223333:user/alex",
        createdAt: "2026-02-01T00:00:00.000Z",
        expiresAt: "2026-05-01T00:00:00.000Z",
        state: "removed",
        remark: "removed 2026-03-01T00:00:00.000Z by arn:aws:iam::111122223333:user/sam",
      },
    ]);
  });

  test("was removed in the period, and made before it", () => {
    expect(exemptionStates({ ...PERIOD, exemptions: [], notices: [REMOVED] })).toMatchObject([
      { state: "removed", createdBy: EXEMPTION.createdBy, createdAt: EXEMPTION.createdAt },
    ]);
  });

  test("is gone without a notice", () => {
    expect(statesOf([], [ADDED])).toMatchObject([
      { state: "gone without notice", remark: expect.stringContaining("no notice that it was removed") },
    ]);
  });
});

describe("the text that an exemption is bound to", () => {
  const textsOf = (exemptions: readonly Exemption[], notices: readonly ExemptionNotice[]) =>
    exemptionStates({ ...PERIOD, exemptions, notices }).map(({ documentSha256 }) => documentSha256);

  test("is the table's, or its notice's where it is not there any more", () => {
    expect(textsOf([EXEMPTION], [ADDED])).toEqual(["0f0f"]);
    expect(textsOf([], [ADDED, REMOVED])).toEqual(["0f0f"]);
    expect(textsOf([], [REMOVED])).toEqual(["0f0f"]);
  });

  test("is none where any version is let stand", () => {
    const { documentSha256: _, ...wide } = EXEMPTION;
    const wideAdded = notice("exemption-added", ADDED.at, wide);
    const wideRemoved = notice("exemption-removed", REMOVED.at, wide);
    expect(textsOf([wide], [wideAdded])).toEqual([undefined]);
    expect(textsOf([], [wideAdded, wideRemoved])).toEqual([undefined]);
  });
});

test("no text for people decides: with every one changed, the states are the same", () => {
  const notices = [ADDED, REMOVED];
  const reworded = notices.map((notice) => ({
    ...notice,
    id: "kn-other",
    title: "other",
    reason: "other",
    nextSteps: ["other"],
  }));
  for (const exemptions of [[], [EXEMPTION]]) {
    expect(exemptionStates({ ...PERIOD, exemptions, notices: reworded })).toEqual(
      exemptionStates({ ...PERIOD, exemptions, notices }),
    );
  }
});
