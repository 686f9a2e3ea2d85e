import { ENFORCE } from "@kms-guard/testing/examples/team-x.ts";
import { GuardedAccount, iamEvent } from "@kms-guard/testing/fakes/guarded-account.ts";
import { expect, test } from "vitest";
import { type Archived, emptySummary, replay } from "./replay.ts";

const FULL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}';
const PUT = { userName: "alice", policyName: "own", policyDocument: FULL };

/** What becomes of these events of one account, and how they are counted. */
async function replayed(...events: readonly unknown[]) {
  const { account } = new GuardedAccount();
  account.iam.createUser("alice");
  const model = {
    policies: account,
    applyRecord: (record: unknown) => account.applyRecord(record),
    isComplete: () => true,
    hasAllAttachmentsOf: () => true,
  };
  async function* archive(): AsyncGenerator<Archived<number>> {
    for (const [place, record] of events.entries()) yield { kind: "record", record, place };
  }
  const summary = emptySummary();
  const outcomes: string[] = [];
  for await (const { place, outcome } of replay(() => model, ENFORCE)(archive(), summary)) {
    outcomes.push(`${place} ${outcome}`);
  }
  return { outcomes, summary };
}

const at = (eventTime: string, eventID: string) => ({ eventTime, eventID });

test("a copy of a record is counted, and has no outcome", async () => {
  const { outcomes, summary } = await replayed(
    iamEvent("PutUserPolicy", PUT),
    iamEvent("PutUserPolicy", PUT),
  );
  expect(outcomes).toEqual(["0 finding"]);
  expect(summary).toMatchObject({ records: 2, triggers: 1, findings: 1, wouldContain: 1, duplicates: 1 });
});

test("what comes in another order is replayed in that of its times", async () => {
  const deleting = iamEvent(
    "DeleteUserPolicy",
    { userName: "alice", policyName: "own" },
    at("2026-03-02T09:01:00Z", "e-2"),
  );
  const putting = iamEvent("PutUserPolicy", PUT, at("2026-03-02T09:00:00Z", "e-1"));
  expect((await replayed(deleting, putting)).outcomes).toEqual(["1 finding", "0 clean"]);
});

test("what is no call of IAM has no outcome, and is counted", async () => {
  const { outcomes, summary } = await replayed(
    iamEvent("PutObject", {}, { eventSource: "s3.amazonaws.com" }),
  );
  expect(outcomes).toEqual([]);
  expect(summary).toMatchObject({ records: 1, notOurs: 1, triggers: 0 });
});
