import { composeAlert, composeNotice } from "@kms-guard/core/alert/compose-alert.ts";
import * as v from "valibot";
import { findingSchema } from "../findings/schema.ts";
import { noticeSchema } from "./notice-schema.ts";
import type { SlackDelivery, SlackMessage } from "./slack-delivery.ts";
import { slackMessage } from "./slack-message.ts";

const snsEvent = v.looseObject({
  Records: v.pipe(
    v.array(
      v.looseObject({
        Sns: v.looseObject({ Message: v.string(), Subject: v.optional(v.nullable(v.string())) }),
      }),
    ),
    v.minLength(1),
  ),
});

/** A CloudWatch alarm's message: the guard's own alarms come on the same topic. */
const alarmSchema = v.looseObject({
  AlarmName: v.string(),
  NewStateValue: v.string(),
  NewStateReason: v.string(),
});

/**
 * Passes on to Slack what SNS delivers to a Lambda: findings, notices and alarms rendered, anything else as the plain
 * text it is. Nothing is dropped, because what cannot be read may be the one that matters.
 * @throws the delivery's error, of every message that Slack did not take, so that Lambda tries again.
 */
export function notifySlack(ports: { readonly slack: SlackDelivery }): (event: unknown) => Promise<void> {
  return async (event) => {
    const results = await Promise.allSettled(messagesOf(event).map(ports.slack));
    const errors = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1)
      throw new AggregateError(errors, `${errors.length} messages were not sent to Slack`);
  };
}

function messagesOf(event: unknown): readonly SlackMessage[] {
  const read = v.safeParse(snsEvent, event);
  if (!read.success) return [unreadable(`an event that is not from SNS: ${JSON.stringify(event)}`)];
  return read.output.Records.map(({ Sns }) => messageFor(Sns.Message, Sns.Subject ?? undefined));
}

function messageFor(text: string, subject: string | undefined): SlackMessage {
  const content = parsed(text);
  const finding = v.safeParse(findingSchema, content);
  if (finding.success) return slackMessage(composeAlert(finding.output));
  const notice = v.safeParse(noticeSchema, content);
  if (notice.success) return slackMessage(composeNotice(notice.output));
  const alarm = v.safeParse(alarmSchema, content);
  if (alarm.success) return alarmMessage(alarm.output);
  return unreadable(subject === undefined ? text : `${subject}: ${text}`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function alarmMessage(alarm: v.InferOutput<typeof alarmSchema>): SlackMessage {
  const { AlarmName, NewStateValue, NewStateReason } = alarm;
  return slackMessage({
    title: `${NewStateValue}: ${AlarmName}`,
    severity: NewStateValue === "OK" ? "INFO" : "HIGH",
    summary: NewStateReason,
    facts: [],
    sections: [],
    nextSteps: NewStateValue === "OK" ? [] : ["kms-guard doctor"],
    links: [],
  });
}

function unreadable(text: string): SlackMessage {
  return slackMessage({
    title: "kms-guard: a message that could not be read",
    severity: "HIGH",
    summary: "It is passed on as it came: look at it, and at the guard's log.",
    facts: [],
    sections: [{ heading: "Message", lines: [text] }],
    nextSteps: ["kms-guard doctor"],
    links: [],
  });
}
