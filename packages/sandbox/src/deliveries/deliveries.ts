import { memberOf, textOf } from "@kms-guard/core/events/cloudtrail-record.ts";
import type { Mail } from "./receivers.ts";

/** What came out at one end of the guard. */
export interface Delivery {
  readonly channel: "sns-email" | "slack" | "history";
  /** What is delivered: a finding, or a notice of the guard's about something else. */
  readonly finding?: unknown;
  readonly notice?: unknown;
  /** Of a mail. */
  readonly subject?: string;
  /** As the channel's reader has it. */
  readonly text: string;
}

/** Puts together what belongs together: what people read, and the finding that it is about. */
export interface Deliveries {
  mail(mail: Mail): void;
  /** The JSON that SNS hands to a function, with the id of the message. */
  published(messageId: string, content: unknown): void;
  slack(text: string): void;
  /** An event of the history's log group. */
  history(message: string): void;
}

/** @param onDelivery Called once a delivery, when it is with its reader. */
export function deliveries(onDelivery: (delivery: Delivery) => void): Deliveries {
  /** What SNS has sent by one of its two ways, by its message's id: either may be the first. */
  const mails = new Map<string, Mail>();
  const contents = new Map<string, unknown>();
  /** What Slack has not got yet, oldest first. */
  const awaited: unknown[] = [];

  function deliverMail(messageId: string): void {
    const mail = mails.get(messageId);
    if (mail === undefined || !contents.has(messageId)) return;
    const content = contentOf(contents.get(messageId));
    mails.delete(messageId);
    contents.delete(messageId);
    onDelivery({ channel: "sns-email", ...content, subject: mail.subject, text: mail.body });
  }

  return {
    mail(mail) {
      mails.set(mail.messageId, mail);
      deliverMail(mail.messageId);
    },

    published(messageId, content) {
      awaited.push(content);
      contents.set(messageId, content);
      deliverMail(messageId);
    },

    slack(text) {
      const index = awaited.findIndex((content) => isAbout(text, content));
      const [content] = awaited.splice(Math.max(0, index), 1);
      onDelivery({ channel: "slack", ...contentOf(content), text });
    },

    history(message) {
      const event: unknown = JSON.parse(message);
      onDelivery({ channel: "history", ...contentOf(memberOf(event, "detail")), text: message });
    },
  };
}

function contentOf(content: unknown): Pick<Delivery, "finding" | "notice"> {
  return memberOf(content, "verdict") === undefined ? { notice: content } : { finding: content };
}

/** Slack's messages name the finding by its id; a notice, by its title. */
function isAbout(text: string, content: unknown): boolean {
  const names = [textOf(memberOf(content, "id")), textOf(memberOf(content, "title"))];
  return names.some((name) => name !== undefined && text.includes(name));
}
