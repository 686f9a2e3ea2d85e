import { expect, it } from "vitest";
import { resourceOf } from "./resource-of-call.ts";

const TABLE = "arn:aws:dynamodb:us-east-1:111122223333:table/Findings";

it.each([
  ["iam", { UserName: "alice", PolicyArn: "arn:x" }, "arn:aws:iam::111122223333:user/alice"],
  ["iam", { RoleName: "ci", PolicyArn: "arn:x" }, "arn:aws:iam::111122223333:role/ci"],
  ["iam", { GroupName: "Admins", UserName: "alice" }, "arn:aws:iam::111122223333:group/Admins"],
  ["iam", { PolicyArn: "arn:x" }, "arn:x"],
  ["iam", {}, "*"],
  ["sns", { TopicArn: "arn:topic" }, "arn:topic"],
])("%s with the form %j is about %s", (service, form, resource) => {
  const call = { service, action: "", form: new URLSearchParams(form), json: undefined };
  expect(resourceOf(call, "111122223333")).toBe(resource);
});

it.each([
  ["dynamodb", { TableName: "Findings" }, TABLE],
  ["dynamodb", { TableName: "Findings", IndexName: "byTime" }, `${TABLE}/index/byTime`],
  ["events", { Entries: [{}] }, "arn:aws:events:us-east-1:111122223333:event-bus/default"],
  ["events", { Entries: [{ EventBusName: "own" }] }, "arn:aws:events:us-east-1:111122223333:event-bus/own"],
  ["sqs", { QueueUrl: "http://sqs/111122223333/Dead" }, "arn:aws:sqs:us-east-1:111122223333:Dead"],
  ["ssm", { Name: "/kms-guard" }, "*"],
])("%s with the body %j is about %s", (service, json, resource) => {
  expect(resourceOf({ service, action: "", form: new URLSearchParams(), json }, "111122223333")).toBe(
    resource,
  );
});
