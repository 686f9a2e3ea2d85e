import { describe, expect, it } from "vitest";
import { SeenRecords } from "./seen-records.ts";

const RECORD = {
  eventID: "11111111-2222-4333-8444-555555555555",
  eventSource: "iam.amazonaws.com",
  eventName: "AttachUserPolicy",
  eventTime: "2026-03-02T09:00:00Z",
  requestParameters: { userName: "mallory" },
};

describe("SeenRecords", () => {
  it("knows a copy, whatever a trail adds to it", () => {
    const seen = new SeenRecords();
    expect(seen.isCopy(RECORD)).toBe(false);
    expect(seen.isCopy({ ...RECORD, sharedEventID: "another trail" })).toBe(true);
  });

  it.each([
    { differs: "id", other: { ...RECORD, eventID: "another" } },
    { differs: "call", other: { ...RECORD, eventName: "DetachUserPolicy" } },
    { differs: "time", other: { ...RECORD, eventTime: "2026-03-02T09:00:01Z" } },
    { differs: "parameters", other: { ...RECORD, requestParameters: { userName: "alice" } } },
    { differs: "account", other: { ...RECORD, recipientAccountId: "444455556666" } },
    { differs: "outcome", other: { ...RECORD, errorCode: "AccessDenied" } },
  ])("does not take for a copy what differs in its $differs", ({ other }) => {
    const seen = new SeenRecords();
    seen.isCopy(RECORD);
    expect(seen.isCopy(other)).toBe(false);
  });

  it("never takes a record without an id for a copy", () => {
    const seen = new SeenRecords();
    const { eventID: _, ...nameless } = RECORD;
    expect([seen.isCopy(nameless), seen.isCopy(nameless), seen.isCopy(null), seen.isCopy(null)]).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  it("knows as many as it was told to, and forgets the earliest where there are far more", () => {
    const seen = new SeenRecords(2);
    const record = (eventID: string) => ({ ...RECORD, eventID });
    for (const id of ["a", "b", "c"]) seen.isCopy(record(id));
    expect(["b", "c"].map((id) => seen.isCopy(record(id)))).toEqual([true, true]);
    for (const id of ["d", "e", "f"]) seen.isCopy(record(id));
    expect(seen.isCopy(record("a"))).toBe(false);
  });
});
