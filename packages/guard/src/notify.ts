import type { Finding } from "@kms-guard/core/findings/finding.ts";
import type { Notice } from "@kms-guard/core/notifications/notice.ts";
import { AUDIENCES, type Audience, shouldNotify } from "@kms-guard/core/notifications/should-notify.ts";
import { failure } from "./errors.ts";
import type { AlertChannel, Ports } from "./ports.ts";

type Needed = Pick<Ports, "findings" | "alerts" | "clock" | "observer">;

/**
 * Notifies people and programs of a finding, each once for a status (see `shouldNotify`). If it cannot be known whether
 * somebody was notified, they are: twice is better than not at all. Failures are returned.
 */
export async function notify(ports: Needed, finding: Finding): Promise<readonly Error[]> {
  const { audiences, key } = shouldNotify(finding, ports.clock.nowMs());
  return once(
    ports,
    { id: finding.id, key, name: `the alert on ${finding.id}` },
    audiences,
    (channel, audience) => send(ports, finding, channel, audience),
  );
}

/** Notifies everybody of a finding that could not be recorded: those who were notified before are notified again. */
export async function notifyUnrecorded(ports: Needed, finding: Finding): Promise<readonly Error[]> {
  const name = `the alert on ${finding.id}`;
  const { failures } = await toEach(ports, name, AUDIENCES, (channel, audience) =>
    send(ports, finding, channel, audience),
  );
  return failures;
}

/** Notifies everybody of a notice, once for its id. Failures are returned. */
export async function notifyOnce(
  ports: Pick<Ports, "findings" | "alerts">,
  notice: Notice,
): Promise<readonly Error[]> {
  const { id } = notice;
  return once(ports, { id, key: "notice", name: `notice ${id}` }, AUDIENCES, (channel) =>
    channel.publishNotice(notice),
  );
}

/** Notifies everybody of a notice, each time. Failures are returned. */
export async function notifyAlways(ports: Pick<Ports, "alerts">, notice: Notice): Promise<readonly Error[]> {
  const { failures } = await toEach(ports, `notice ${notice.id}`, AUDIENCES, (channel) =>
    channel.publishNotice(notice),
  );
  return failures;
}

type Send = (channel: AlertChannel, audience: Audience) => Promise<void>;

async function send(
  { clock, observer }: Needed,
  finding: Finding,
  channel: AlertChannel,
  audience: Audience,
): Promise<void> {
  const publishedAt = new Date(clock.nowMs()).toISOString();
  await channel.publishFinding({ ...finding, timing: { ...finding.timing, publishedAt } });
  if (audience === "people") observer.notified(finding);
}

/** Under one claim: a run that is cut off loses it after a while, and a retry notifies those who are left. */
async function once(
  ports: Pick<Ports, "findings" | "alerts">,
  { id, key, name }: { readonly id: string; readonly key: string; readonly name: string },
  audiences: readonly Audience[],
  publish: Send,
): Promise<readonly Error[]> {
  let pending = audiences;
  // A notification that could not be claimed is recorded all the same, so that the retry does not repeat it.
  const unclaimed: Error[] = [];
  try {
    pending = await ports.findings.claimNotification(id, key, audiences);
  } catch (cause) {
    unclaimed.push(failure(`${name} could not be claimed`, cause));
  }
  if (pending.length === 0) return [];
  const { notified, failures } = await toEach(ports, name, pending, publish);
  const closed = await close(ports, id, key, notified, failures.length === 0);
  // They were notified: to fail now would only make the retry repeat it.
  if (closed instanceof Error && failures.length > 0) failures.push(closed);
  return [...unclaimed, ...failures];
}

const CLOSING_TRIES = 3;

/** Without this record a later run notifies again, so it is tried more than once. */
async function close(
  { findings }: Pick<Ports, "findings">,
  id: string,
  key: string,
  notified: readonly Audience[],
  isComplete: boolean,
): Promise<Error | undefined> {
  for (let tries = 1; ; tries += 1) {
    try {
      await findings.closeNotification(id, key, notified, isComplete);
      return undefined;
    } catch (cause) {
      if (tries === CLOSING_TRIES)
        return failure(`notification ${key} of ${id} could not be recorded`, cause);
    }
  }
}

/** People first. Each channel answers for itself. */
async function toEach(
  { alerts }: Pick<Ports, "alerts">,
  name: string,
  audiences: readonly Audience[],
  publish: Send,
): Promise<{ readonly notified: readonly Audience[]; readonly failures: Error[] }> {
  const notified: Audience[] = [];
  const failures: Error[] = [];
  for (const audience of audiences) {
    try {
      await publish(alerts[audience], audience);
      notified.push(audience);
    } catch (cause) {
      failures.push(failure(`${name} could not be published to ${audience}`, cause));
    }
  }
  return { notified, failures };
}
