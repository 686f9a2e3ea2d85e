import { describe, expect, it } from "vitest";
import { recordsIn } from "./read-archive.ts";

const A = { eventID: "a", eventSource: "iam.amazonaws.com", eventName: "CreatePolicy" };
const B = { eventID: "b", eventSource: "kms.amazonaws.com", eventName: "Decrypt" };
const EVENT = { "detail-type": "AWS API Call via CloudTrail", source: "aws.iam", detail: A };

const read = (value: unknown) => {
  const records = recordsIn(value);
  return records && [...records];
};

describe("recordsIn", () => {
  it.each([
    { given: "a record", value: A },
    { given: "an EventBridge event", value: EVENT },
  ])("reads $given as it is", ({ value }) => {
    expect(read(value)).toEqual([{ kind: "record", record: value }]);
  });

  it("takes a record out of its wrapper, whatever else that says", () => {
    expect(read({ id: "case-1", record: A })).toEqual([{ kind: "record", record: A }]);
  });

  it("does not take a member called record out of a record", () => {
    expect(read({ ...A, record: B })).toEqual([{ kind: "record", record: { ...A, record: B } }]);
  });

  it("reads a CloudTrail log file", () => {
    expect(read({ Records: [A, B] })).toEqual([
      { kind: "record", record: A, at: "Records[0]" },
      { kind: "record", record: B, at: "Records[1]" },
    ]);
    expect(read({ Records: [] })).toEqual([]);
  });

  it("reads the answer of lookup-events, the oldest first", () => {
    const events = [
      { EventId: "a", CloudTrailEvent: JSON.stringify(A) },
      { CloudTrailEvent: JSON.stringify(B) },
    ];
    expect(read({ Events: events, NextToken: "more" })).toEqual([
      { kind: "record", record: B, at: "Events[1]" },
      { kind: "record", record: A, at: "Events[0]" },
    ]);
  });

  it("reads a list of records", () => {
    expect(read([A, { record: B }])).toEqual([
      { kind: "record", record: A, at: "[0]" },
      { kind: "record", record: B, at: "[1]" },
    ]);
  });

  it.each([
    {
      given: "null in a log file",
      value: { Records: [null] },
      at: "Records[0]",
      problem: "not a JSON object",
    },
    {
      given: "a list in a log file",
      value: { Records: [[]] },
      at: "Records[0]",
      problem: "not a JSON object",
    },
    { given: "a number among records", value: [A, 7], at: "[1]", problem: "not a JSON object" },
    {
      given: "text in a wrapper",
      value: { record: "AttachUserPolicy" },
      at: undefined,
      problem: "not a JSON object",
    },
    {
      given: "a record of no service",
      value: { eventID: "a", eventName: "AttachUserPolicy", eventTime: "2026-03-02T09:00:00Z" },
      at: undefined,
      problem: "eventSource",
      labels: { eventId: "a", eventName: "AttachUserPolicy", eventTime: "2026-03-02T09:00:00Z" },
    },
    {
      given: "a CloudTrailEvent that is cut",
      value: { Events: [{ EventId: "a", EventName: "CreatePolicy", CloudTrailEvent: '{"eventID":' }] },
      at: "Events[0]",
      problem: "has a CloudTrailEvent that is not JSON",
      labels: { eventId: "a", eventName: "CreatePolicy" },
    },
  ])("reports $given, by its labels if it has any", ({ value, at, problem, labels = {} }) => {
    const broken = read(value)?.filter(({ kind }) => kind === "broken-record");
    expect(broken).toEqual([
      {
        kind: "broken-record",
        problem: expect.stringContaining(problem),
        ...labels,
        ...(at !== undefined && { at }),
      },
    ]);
  });

  it("takes CloudTrail's own insights for records, which are in its folders", () => {
    const insight = { eventType: "AwsCloudTrailInsight", eventID: "i", insightDetails: { state: "Start" } };
    expect(read({ Records: [insight] })).toEqual([{ kind: "record", record: insight, at: "Records[0]" }]);
  });

  it.each([
    { given: "a policy document", value: { Version: "2012-10-17", Statement: [] } },
    { given: "CloudTrail's digest of log files", value: { awsAccountId: "111122223333", logFiles: [] } },
    { given: "a snapshot of an account", value: { UserDetailList: [], Policies: [] } },
    { given: "an empty object", value: {} },
    { given: "a list of something else", value: [1, 2] },
    { given: "null", value: null },
    { given: "text", value: "Records" },
  ])("does not take $given for records", ({ value }) => {
    expect(read(value)).toBeUndefined();
  });
});
