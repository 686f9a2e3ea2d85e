import type { Finding } from "@kms-guard/core/findings/finding.ts";
import type { AlertChannel } from "@kms-guard/guard/ports.ts";
import type { PublicationClaims } from "./publication-claims.ts";

/** A channel and what it is called in claims and errors: `sns`, `event-bridge`. */
export interface NamedChannel {
  readonly name: string;
  readonly channel: AlertChannel;
  /** Which findings it is given. Absent: each. */
  readonly hears?: (finding: Finding) => boolean;
}

/**
 * Several channels as one. Each answers for itself: all are tried, and those that fail are named together.
 *
 * A finding goes out once a status on each channel, whatever is retried: a channel that took it has its claim
 * confirmed, so that after another one failed the retry publishes on that one alone. Where this invocation dies before
 * a channel answers, its claim lapses and the retry publishes. Without claims, and for notices, a retry repeats: told
 * twice is better than not at all. That is also why an alert goes out where its claim cannot be read or written.
 * @throws AggregateError whose message names the channels that failed, and whose errors say why.
 */
export function alertChannel(channels: readonly NamedChannel[], claims?: PublicationClaims): AlertChannel {
  return {
    async publishFinding(finding) {
      const listening = channels.filter(({ hears }) => hears?.(finding) ?? true);
      await onEach(listening, `finding ${finding.id}`, (named) =>
        claims === undefined ? named.channel.publishFinding(finding) : publishOnce(finding, named, claims),
      );
      // The alert is out: to fail now would only make the retry repeat it.
      await claims?.confirmPublication(finding.id, finding.status).catch(() => undefined);
    },
    async publishNotice(notice) {
      await onEach(channels, `notice ${notice.id}`, ({ channel }) => channel.publishNotice(notice));
      // As above.
      await claims?.confirmPublication(notice.id, "notice").catch(() => undefined);
    },
  };
}

async function publishOnce(
  finding: Finding,
  { name, channel }: NamedChannel,
  claims: PublicationClaims,
): Promise<void> {
  // A store that does not answer must not silence an alert. Whoever opened the finding reports the store.
  const isOurs = await claims.claimChannel(finding, name).catch(() => true);
  if (!isOurs) return;
  try {
    await channel.publishFinding(finding);
  } catch (error) {
    // Unreleased, the claim lapses by itself; what has to be told is why publishing failed.
    await claims.releaseChannel(finding, name).catch(() => undefined);
    throw error;
  }
  // As above: it is out.
  await claims.confirmChannel(finding, name).catch(() => undefined);
}

async function onEach(
  channels: readonly NamedChannel[],
  subject: string,
  publish: (channel: NamedChannel) => Promise<void>,
): Promise<void> {
  const results = await Promise.allSettled(channels.map(publish));
  const failures = results.flatMap((result, index) =>
    result.status === "rejected" ? [{ name: channels[index]?.name, error: asError(result.reason) }] : [],
  );
  if (failures.length === 0) return;
  throw new AggregateError(
    failures.map(({ error }) => error),
    `${subject} was not published on ${failures.map(({ name, error }) => `${name} (${error.message})`).join(", ")}`,
  );
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
