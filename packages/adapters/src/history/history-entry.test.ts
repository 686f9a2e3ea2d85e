import { describe, expect, test } from "vitest";
import { FINDING } from "../findings/finding.fixture.ts";
import { NOTICE } from "../notify/notice.fixture.ts";
import { readHistoryEntry } from "./history-entry.ts";

const ENVELOPE = {
  version: "0",
  id: "11111111-0000-4000-8000-000000000000",
  "detail-type": "KMS Guard Finding",
  source: "kms-guard",
  account: "111122223333",
  time: "2026-03-04T05:06:14Z",
  region: "us-east-1",
  resources: [],
  detail: FINDING,
};

describe("an event of the history", () => {
  test("is a finding as it was told, with when EventBridge took it", () => {
    expect(readHistoryEntry(JSON.stringify(ENVELOPE))).toEqual({
      kind: "finding",
      at: "2026-03-04T05:06:14Z",
      finding: FINDING,
    });
  });

  test("is a notice", () => {
    const told = { ...ENVELOPE, "detail-type": "KMS Guard Notice", detail: NOTICE };
    expect(readHistoryEntry(JSON.stringify(told))).toEqual({
      kind: "notice",
      at: "2026-03-04T05:06:14Z",
      notice: NOTICE,
    });
  });

  test.each([
    { what: "no JSON", message: "hello" },
    { what: "JSON of another kind", message: "[]" },
    { what: "somebody else's event", message: JSON.stringify({ ...ENVELOPE, source: "mallory" }) },
    {
      what: "an event of another type",
      message: JSON.stringify({ ...ENVELOPE, "detail-type": "KMS Guard Joke" }),
    },
    {
      what: "a finding with a status that there is not",
      message: JSON.stringify({ ...ENVELOPE, detail: { ...FINDING, status: "fine" } }),
    },
    {
      what: "a finding without an id",
      message: JSON.stringify({ ...ENVELOPE, detail: { ...FINDING, id: undefined } }),
    },
  ])("is unreadable where it is $what", ({ message }) => {
    expect(readHistoryEntry(message)).toEqual({ kind: "unreadable", problem: expect.any(String) });
  });
});
