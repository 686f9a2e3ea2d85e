import { memberOf, textOf } from "@kms-guard/core/events/cloudtrail-record.ts";
import { REGION } from "../moto/moto-calls.ts";

/** A call as its request names it. */
export interface Called {
  readonly service: string;
  readonly action: string;
  /** Of the query protocol; empty in the JSON protocol. */
  readonly form: URLSearchParams;
  /** Of the JSON protocol. */
  readonly json: unknown;
}

/**
 * The ARN of what a call is about, as IAM compares it with the `Resource` of a policy; `*` for the calls that IAM takes
 * no resource for. Principals are named without their path, which the request does not contain.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export function resourceOf({ service, form, json }: Called, account: string): string {
  const iam = (resource: string) => `arn:aws:iam::${account}:${resource}`;
  const regional = (of: string, resource: string) => `arn:aws:${of}:${REGION}:${account}:${resource}`;
  const text = (name: string) => form.get(name) ?? textOf(memberOf(json, name));
  switch (service) {
    case "iam": {
      const [group, role, user] = [text("GroupName"), text("RoleName"), text("UserName")];
      if (group !== undefined) return iam(`group/${group}`);
      if (role !== undefined) return iam(`role/${role}`);
      if (user !== undefined) return iam(`user/${user}`);
      return text("PolicyArn") ?? "*";
    }
    case "dynamodb": {
      const table = text("TableName") ?? "*";
      const index = text("IndexName");
      const arn = table.startsWith("arn:") ? table : regional("dynamodb", `table/${table}`);
      return index === undefined ? arn : `${arn}/index/${index}`;
    }
    case "sns":
      return text("TopicArn") ?? "*";
    case "sqs":
      return regional("sqs", text("QueueUrl")?.split("/").at(-1) ?? "*");
    case "events": {
      const entries = memberOf(json, "Entries");
      const bus = textOf(memberOf(Array.isArray(entries) ? entries[0] : json, "EventBusName")) ?? "default";
      return bus.startsWith("arn:") ? bus : regional("events", `event-bus/${bus}`);
    }
    default:
      return "*";
  }
}
