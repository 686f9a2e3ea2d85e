import { createServer } from "node:http";
import { memberOf } from "@kms-guard/core/events/cloudtrail-record.ts";

/** A mail as SNS sends it, and the message that it is of. */
export interface Mail {
  readonly messageId: string;
  readonly subject: string;
  readonly body: string;
}

/** What people have, on this machine: a mailbox and a Slack channel. */
export interface Receivers {
  readonly mailboxUrl: string;
  readonly slackUrl: string;
  close(): void;
}

/**
 * Opens both on a free port of the loopback address.
 * @param onSlack Called with the text that the channel would show.
 */
export async function openReceivers(
  onMail: (mail: Mail) => void,
  onSlack: (text: string) => void,
): Promise<Receivers> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString();
      response.end("ok");
      if (request.url === "/slack") onSlack(slackText(body));
      else if (request.url === "/mailbox") onMail(mailOf(body));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    mailboxUrl: `http://127.0.0.1:${port}/mailbox`,
    slackUrl: `http://127.0.0.1:${port}/slack`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** https://docs.aws.amazon.com/sns/latest/dg/http-notification-json.html */
function mailOf(body: string): Mail {
  const notification: unknown = JSON.parse(body);
  const text = (name: string) => String(memberOf(notification, name) ?? "");
  return { messageId: text("MessageId"), subject: text("Subject"), body: text("Message") };
}

/** Every text of the message, in the order in which Slack shows them; the fallback alone where there is no layout. */
function slackText(body: string): string {
  const message: unknown = JSON.parse(body);
  const texts = textsIn(memberOf(message, "blocks"));
  return texts.length === 0 ? String(memberOf(message, "text")) : texts.join("\n");
}

function textsIn(part: unknown): readonly string[] {
  if (Array.isArray(part)) return part.flatMap(textsIn);
  if (typeof part !== "object" || part === null) return [];
  return Object.entries(part).flatMap(([name, value]) =>
    name === "text" && typeof value === "string" ? [value] : textsIn(value),
  );
}
