import { arnName } from "@kms-guard/core/aws/arn.ts";
import type { StepOutcome } from "@kms-guard/core/containment/steps.ts";
import { memberOf, textOf } from "@kms-guard/core/events/cloudtrail-record.ts";
import type { Delivery } from "../deliveries/deliveries.ts";

/** A call on IAM that may have changed something. A later item of the same key replaces the first. */
export interface CallItem {
  readonly kind: "call";
  readonly key: string;
  readonly atMs: number;
  readonly isGuard: boolean;
  /** ARN. */
  readonly actor: string;
  readonly eventName: string;
  readonly policy: string;
  readonly principal: string;
  /** Why IAM refused it; empty where it did not. */
  readonly error: string;
}

/** A finding in one of its statuses, or a notice, with the channels that delivered it. */
export interface DeliveryItem {
  readonly kind: "delivery";
  readonly key: string;
  readonly atMs: number;
  readonly severity: string;
  /** Empty for a notice. */
  readonly status: string;
  readonly verdict: string;
  readonly title: string;
  readonly reason: string;
  /** The policies that were taken, as the account shows them. */
  readonly taken: readonly Attachment[];
  readonly nextStep: string;
  /** The call that it is about: the key of its item. */
  readonly eventId: string;
  readonly channels: readonly { readonly channel: Delivery["channel"]; readonly atMs: number }[];
}

/** `user/alice`, and the name of a policy that is attached to it. */
interface Attachment {
  readonly principal: string;
  readonly policy: string;
}

/** What the sandbox records of a call, as CloudTrail has it. */
export interface RecordedCall {
  readonly eventID: string;
  readonly eventName: string;
  readonly userIdentity: unknown;
  readonly requestParameters: unknown;
  readonly errorCode?: string;
}

const GUARD = /:assumed-role\/kms-guard-/;

export function itemOfCall(call: RecordedCall, atMs: number): CallItem {
  const asked = (name: string) => textOf(memberOf(call.requestParameters, name)) ?? "";
  const [user, role, group] = [asked("userName"), asked("roleName"), asked("groupName")];
  const principals = [user && `user/${user}`, role && `role/${role}`, group && `group/${group}`];
  const actor = textOf(memberOf(call.userIdentity, "arn")) ?? "";
  return {
    ...{ kind: "call", key: call.eventID, atMs, isGuard: GUARD.test(actor), actor },
    eventName: call.eventName,
    policy: asked("policyName") || arnName(asked("policyArn")),
    principal: principals.filter((principal) => principal !== "").join(", "),
    error: call.errorCode ?? "",
  };
}

/** @param before The item of the same key, if another channel delivered it already. */
export function itemOfDelivery(
  delivery: Delivery,
  atMs: number,
  before: DeliveryItem | undefined,
): DeliveryItem {
  const content = delivery.finding ?? delivery.notice;
  const text = (name: string) => textOf(memberOf(content, name)) ?? "";
  const containment = memberOf(memberOf(content, "containment"), "steps");
  const nextSteps = memberOf(content, "nextSteps");
  return {
    kind: "delivery",
    key: keyOfDelivery(delivery),
    atMs: before?.atMs ?? atMs,
    severity: text("severity"),
    status: text("status"),
    verdict: text("verdict"),
    title: text("title"),
    reason: text("reason"),
    taken: Array.isArray(containment) ? containment.flatMap(attachmentTakenBy) : [],
    nextStep: Array.isArray(nextSteps) ? (textOf(nextSteps[0]) ?? "") : "",
    eventId: textOf(memberOf(memberOf(content, "trigger"), "eventId")) ?? "",
    channels: [...(before?.channels ?? []), { channel: delivery.channel, atMs }],
  };
}

/** A finding has an item for each of its statuses. */
export function keyOfDelivery({ finding, notice }: Delivery): string {
  const content = finding ?? notice;
  return [memberOf(content, "id"), memberOf(content, "status")].map((part) => textOf(part) ?? "").join(" ");
}

const TAKING = /^(detach|delete)-/;

function attachmentTakenBy(step: unknown): readonly Attachment[] {
  const text = (name: keyof StepOutcome) => textOf(memberOf(step, name)) ?? "";
  if (!TAKING.test(text("action")) || text("outcome") !== "done") return [];
  const target = memberOf(step, "target");
  const part = (of: unknown, name: string) => textOf(memberOf(of, name)) ?? "";
  const principal = memberOf(target, "principal");
  return [
    {
      principal: `${part(principal, "type")}/${part(principal, "name")}`,
      policy: part(target, "policyName") || arnName(part(target, "policyArn")),
    },
  ];
}
