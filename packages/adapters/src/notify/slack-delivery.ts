import { oneLine } from "@kms-guard/core/text/untrusted.ts";
import type { Clock } from "@kms-guard/guard/ports.ts";
import type { KnownBlock } from "@slack/types";
import {
  type FetchFunction,
  IncomingWebhook,
  IncomingWebhookHTTPError,
  IncomingWebhookRequestError,
} from "@slack/webhook";

export interface SlackMessage {
  readonly text: string;
  readonly blocks?: readonly KnownBlock[];
}

/** Resolves when Slack has accepted the message. */
export type SlackDelivery = (message: SlackMessage) => Promise<void>;

const ATTEMPTS = 4;
const TIMEOUT_MS = 5_000;
const FIRST_BACKOFF_MS = 1_000;
/** Waiting longer in the invocation is dearer than Lambda's own retry, a minute later. */
const LONGEST_WAIT_MS = 30_000;

/** What came of one attempt that failed. */
interface Failure {
  readonly kind: "rate-limited" | "refused" | "no-answer" | "broken";
  /** Without the URL, which is a secret. */
  readonly problem: string;
  readonly status?: number;
  readonly retryAfterMs?: number;
}

/**
 * Sends messages to a Slack incoming webhook: tries again after a rate limit (as long as Slack says, up to 30 s), a
 * server error or no answer in 5 s; a refusal is final. Where Slack refuses the layout, the text goes alone.
 * No error ever contains the URL: anybody who has it can write to the channel. https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 * @throws Error at once where `webhookUrl` is not an https URL; by the delivery, where Slack did not take the message.
 */
export function createSlackDelivery(options: {
  readonly webhookUrl: string;
  readonly clock: Pick<Clock, "sleepMs">;
  readonly fetch?: FetchFunction;
}): SlackDelivery {
  const webhookUrl = checkedUrl(options.webhookUrl);
  const fetchFrom = options.fetch ?? fetch;

  async function attempt({ text, blocks }: SlackMessage): Promise<Failure | undefined> {
    let retryAfterMs: number | undefined;
    const webhook = new IncomingWebhook(webhookUrl, {
      timeout: TIMEOUT_MS,
      // The client's errors do not have the Retry-After header.
      fetch: async (url, init) => {
        const response = await fetchFrom(url, init);
        retryAfterMs = secondsInMs(response.headers.get("retry-after"));
        return response;
      },
    });
    try {
      await webhook.send({ text, ...(blocks !== undefined && { blocks: [...blocks] }) });
      return undefined;
    } catch (error) {
      return failureOf(error, retryAfterMs);
    }
  }

  async function deliver(message: SlackMessage): Promise<void> {
    for (let attempts = 1; ; attempts += 1) {
      const failure = await attempt(message);
      if (failure === undefined) return;
      if (failure.status === 400 && message.blocks !== undefined) return deliver({ text: message.text });
      const waitMs = failure.retryAfterMs ?? FIRST_BACKOFF_MS * 2 ** (attempts - 1);
      if (failure.kind === "refused" || attempts === ATTEMPTS || waitMs > LONGEST_WAIT_MS) {
        throw new Error(`Slack did not take the message: ${failure.problem}${fixFor(failure)}`);
      }
      await options.clock.sleepMs(waitMs);
    }
  }

  return deliver;
}

// The errors of the client and of fetch may quote the URL: what is said of them is picked, and they are no `cause`.
function failureOf(error: unknown, retryAfterMs: number | undefined): Failure {
  if (error instanceof IncomingWebhookHTTPError) {
    const status = error.statusCode;
    const said = oneLine(error.body ?? "").slice(0, 100);
    const problem = `${status}${said === "" ? "" : ` ${said}`}`;
    const retry = retryAfterMs === undefined ? {} : { retryAfterMs };
    if (status === 429) return { kind: "rate-limited", problem, status, ...retry };
    return { kind: status >= 500 ? "broken" : "refused", problem, status, ...(status >= 500 && retry) };
  }
  const cause = error instanceof IncomingWebhookRequestError ? error.original : undefined;
  if (cause?.name === "TimeoutError") {
    return { kind: "no-answer", problem: `no answer in ${TIMEOUT_MS / 1000} s` };
  }
  return {
    kind: "no-answer",
    problem: `no connection (${codeOf(cause?.cause) ?? cause?.name ?? "unknown"})`,
  };
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

function fixFor({ kind, status }: Failure): string {
  if (kind !== "refused") return "";
  return status === 403 || status === 404 || status === 410
    ? ": the webhook is gone or forbidden; make a new one, `npx sst secret set SlackWebhookUrl <its URL>`, deploy"
    : ": the message itself is refused, so it is not tried again";
}

function checkedUrl(webhookUrl: string): string {
  const url = URL.canParse(webhookUrl) ? new URL(webhookUrl) : undefined;
  const isLoopback =
    url?.hostname === "127.0.0.1" || url?.hostname === "[::1]" || url?.hostname === "localhost";
  if (url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback)) return webhookUrl;
  throw new Error(
    "the Slack webhook URL is not an https URL: `npx sst secret set SlackWebhookUrl https://hooks.slack.com/services/...`, deploy",
  );
}

function secondsInMs(header: string | null): number | undefined {
  const seconds = Number(header);
  return header === null || header.trim() === "" || !Number.isFinite(seconds) || seconds < 0
    ? undefined
    : seconds * 1000;
}
