import type { Alert } from "@kms-guard/core/notifications/alert.ts";
import { composeAlert, composeNotice } from "@kms-guard/core/notifications/compose.ts";
import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import * as v from "valibot";
import { findingSchema } from "../findings/schema.ts";
import { noticeSchema } from "./notice-schema.ts";

/** An alert as SNS delivered it, with what programs know it by. */
export interface DeliveredAlert {
  readonly alert: Alert;
  readonly kind: "finding" | "notice" | "alarm" | "unreadable";
  /** The finding's, the notice's or the alarm's: all alerts about one thing have the same. */
  readonly id?: string;
  /** Few and short: `CRITICAL`, `full`, `contained`. */
  readonly keywords: readonly string[];
  /** ARNs of what it is about. */
  readonly resources: readonly string[];
}

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
 * Passes on what SNS delivers to a Lambda: findings, notices and alarms, anything else as the plain text it is. Nothing
 * is dropped, because what cannot be read may be the one that matters.
 * @param channel As the error names it: `Slack`.
 * @throws the error of every alert that was not accepted, after all were tried, so that Lambda tries again.
 */
export function passOn(
  channel: string,
  send: (delivered: DeliveredAlert) => Promise<void>,
): (event: unknown) => Promise<void> {
  return async (event) => {
    const results = await Promise.allSettled(alertsOf(event).map(send));
    const errors = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1)
      throw new AggregateError(errors, `${errors.length} messages were not sent to ${channel}`);
  };
}

function alertsOf(event: unknown): readonly DeliveredAlert[] {
  const read = v.safeParse(snsEvent, event);
  if (!read.success) return [unreadable(`an event that is not from SNS: ${JSON.stringify(event)}`)];
  return read.output.Records.map(({ Sns }) => alertOf(Sns.Message, Sns.Subject ?? undefined));
}

function alertOf(text: string, subject: string | undefined): DeliveredAlert {
  const content = parsed(text);
  const finding = v.safeParse(findingSchema, content);
  if (finding.success) {
    const { id, severity, verdict, status, policy } = finding.output;
    return {
      ...{ alert: composeAlert(finding.output), kind: "finding", id },
      ...{ keywords: [severity, verdict, status], resources: "arn" in policy ? [policy.arn] : [] },
    };
  }
  const notice = v.safeParse(noticeSchema, content);
  if (notice.success) {
    const { id, severity, kind } = notice.output;
    return {
      ...{ alert: composeNotice(notice.output), kind: "notice", id },
      ...{ keywords: [severity, kind], resources: [] },
    };
  }
  const alarm = v.safeParse(alarmSchema, content);
  if (alarm.success) return alarmAlert(alarm.output);
  return unreadable(subject === undefined ? text : `${subject}: ${text}`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function alarmAlert(alarm: v.InferOutput<typeof alarmSchema>): DeliveredAlert {
  const { AlarmName, NewStateValue, NewStateReason } = alarm;
  const alert: Alert = {
    title: `${NewStateValue}: ${AlarmName}`,
    severity: NewStateValue === "OK" ? "INFO" : "HIGH",
    summary: NewStateReason,
    facts: [],
    sections: [],
    nextSteps: NewStateValue === "OK" ? [] : [`${KMS_GUARD} doctor`],
    links: [],
  };
  return { alert, kind: "alarm", id: AlarmName, keywords: [NewStateValue], resources: [] };
}

function unreadable(text: string): DeliveredAlert {
  const alert: Alert = {
    title: "kms-guard: a message that could not be read",
    severity: "HIGH",
    summary: "It is passed on as it came: look at it, and at the guard's log.",
    facts: [],
    sections: [{ heading: "Message", lines: [text] }],
    nextSteps: [`${KMS_GUARD} doctor`],
    links: [],
  };
  return { alert, kind: "unreadable", keywords: [], resources: [] };
}
