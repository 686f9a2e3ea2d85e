import type { Mode } from "@kms-guard/core/containment/decision.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { subjectKey } from "@kms-guard/core/findings/subject.ts";
import type { Clock, FindingRecord, Findings } from "../ports.ts";
import { readableRecords } from "../records.ts";
import type { Canary, CanaryStep } from "./canary.ts";
import { cleanUp, type Left, type Made } from "./clean-up.ts";

export interface DrillPorts {
  readonly canary: Canary;
  readonly findings: Pick<Findings, "list">;
  /** When the finding was published in its status, in ms since the epoch; `undefined` while the history does not have it. */
  publishedAtMs(finding: Finding): Promise<number | undefined>;
  readonly clock: Clock;
}

export interface DrillRequest {
  /** Of the canary, twelve digits. */
  readonly account: string;
  readonly mode: Mode;
  readonly attach: boolean;
  /** How long the guard has for each of its two answers. */
  readonly timeoutMs: number;
  /** Ends the drill early; what it made is removed all the same. */
  readonly interrupted: AbortSignal;
  /** Called before every step. */
  readonly onProgress: (
    progress: CanaryStep | "wait-for-alert" | "wait-for-containment" | "clean-up",
  ) => Promise<void>;
}

/** What the guard did about a call. */
export interface Reaction {
  readonly call: "CreatePolicy" | "AttachRolePolicy";
  readonly finding: Finding;
  readonly calledAtMs: number;
  /** When the guard published or contained it, by the guard's clock; where that is not known, when the drill saw it. */
  readonly atMs: number;
  readonly isSeenOnly: boolean;
}

export type DrillEnding =
  | { readonly kind: "passed" }
  | { readonly kind: "late"; readonly what: "alert" | "containment"; readonly finding?: Finding }
  | { readonly kind: "refused"; readonly step: CanaryStep; readonly error: string }
  | { readonly kind: "interrupted" }
  | { readonly kind: "broke"; readonly error: unknown };

export interface DrillReport {
  readonly ending: DrillEnding;
  readonly alert?: Reaction;
  /** Of `attach`: the containment; in monitor mode the alert. */
  readonly attachment?: Reaction;
  readonly left: readonly Left[];
}

const POLL_MS = 500;
/** The history has an alert seconds after it was published; the drill waits no longer. */
const HISTORY_MS = 15_000;
const TRIES = 5;

/** Makes a violation on purpose, measures the guard's reaction, and removes everything that it made, however it ends. */
export async function drill(ports: DrillPorts, request: DrillRequest): Promise<DrillReport> {
  const run = new Run(ports, request);
  let ending: DrillEnding;
  try {
    ending = await run.through();
  } catch (error) {
    ending = error instanceof Ended ? error.ending : { kind: "broke", error };
  }
  await request.onProgress("clean-up");
  const left = await cleanUp(ports.canary, run.made, ports.clock);
  return { ending, ...run.reactions, left };
}

/** Ends a run from within. */
class Ended extends Error {
  readonly ending: DrillEnding;

  constructor(ending: DrillEnding) {
    super(ending.kind);
    this.ending = ending;
  }
}

class Run {
  readonly made: { policy?: Made; role?: Made } = {};
  readonly reactions: { alert?: Reaction; attachment?: Reaction } = {};
  readonly #ports: DrillPorts;
  readonly #request: DrillRequest;

  constructor(ports: DrillPorts, request: DrillRequest) {
    this.#ports = ports;
    this.#request = request;
  }

  async through(): Promise<DrillEnding> {
    const { attach, mode, onProgress } = this.#request;
    const createdAtMs = await this.#make("create-policy", "policy");
    await onProgress("wait-for-alert");
    const published = await this.#await("alert", isNotified);
    this.reactions.alert = await this.#reaction("CreatePolicy", published, createdAtMs);
    if (!attach) return { kind: "passed" };

    await this.#make("create-role", "role");
    const attachedAtMs = await this.#step("attach-role-policy");
    const isOfRole = isAbout(this.#ports.canary.roleName);
    if (mode === "monitor") {
      await onProgress("wait-for-alert");
      const alerted = await this.#await("alert", (record) => isNotified(record) && isOfRole(record));
      this.reactions.attachment = await this.#reaction("AttachRolePolicy", alerted, attachedAtMs);
      return { kind: "passed" };
    }
    await onProgress("wait-for-containment");
    const contained = await this.#await("containment", (record) => isOfRole(record) && isContained(record));
    if (await this.#ports.canary.isAttached()) {
      return { kind: "late", what: "containment", finding: contained.finding };
    }
    this.reactions.attachment = await this.#reaction("AttachRolePolicy", contained, attachedAtMs);
    return { kind: "passed" };
  }

  async #make(step: CanaryStep, what: "policy" | "role"): Promise<number> {
    this.#throwIfInterrupted();
    this.made[what] = "perhaps";
    const calledAtMs = await this.#step(step, () => {
      delete this.made[what];
    });
    this.made[what] = "surely";
    return calledAtMs;
  }

  /** Returns when the call was made that worked. */
  async #step(step: CanaryStep, onRefused: () => void = () => {}): Promise<number> {
    const { canary, clock } = this.#ports;
    this.#throwIfInterrupted();
    await this.#request.onProgress(step);
    for (let attempt = 1; ; attempt += 1) {
      const calledAtMs = clock.nowMs();
      const result = await canary.perform(step);
      if (result.outcome !== "failed") return calledAtMs;
      if (!result.retryable) onRefused();
      if (!result.retryable || attempt === TRIES) {
        throw new Ended({ kind: "refused", step, error: result.error });
      }
      await clock.sleepMs(1_000 * attempt);
      this.#throwIfInterrupted();
    }
  }

  /** The first record of the canary that is as wanted. */
  async #await(
    what: "alert" | "containment",
    isWanted: (record: FindingRecord) => boolean,
  ): Promise<FindingRecord> {
    const { findings, canary, clock } = this.#ports;
    const subject = subjectKey(this.#request.account, { kind: "managed", arn: canary.policyArn });
    const endMs = clock.nowMs() + this.#request.timeoutMs;
    for (;;) {
      this.#throwIfInterrupted();
      let last: Finding | undefined;
      for await (const record of readableRecords(findings.list({ subject }))) {
        if (isWanted(record)) return record;
        last ??= record.finding;
      }
      if (clock.nowMs() >= endMs) {
        throw new Ended({ kind: "late", what, ...(last !== undefined && { finding: last }) });
      }
      await clock.sleepMs(POLL_MS);
    }
  }

  async #reaction(call: Reaction["call"], { finding }: FindingRecord, calledAtMs: number): Promise<Reaction> {
    const seenAtMs = this.#ports.clock.nowMs();
    const { containedAt } = finding.timing;
    const knownMs =
      containedAt !== undefined && call === "AttachRolePolicy"
        ? Date.parse(containedAt)
        : await this.#publishedAtMs(finding);
    // A clock that is behind the other one's says nothing.
    const isKnown = knownMs !== undefined && knownMs >= calledAtMs;
    return { call, finding, calledAtMs, atMs: isKnown ? knownMs : seenAtMs, isSeenOnly: !isKnown };
  }

  async #publishedAtMs(finding: Finding): Promise<number | undefined> {
    const { clock, publishedAtMs } = this.#ports;
    const endMs = clock.nowMs() + HISTORY_MS;
    for (;;) {
      this.#throwIfInterrupted();
      const atMs = await publishedAtMs(finding);
      if (atMs !== undefined || clock.nowMs() >= endMs) return atMs;
      await clock.sleepMs(POLL_MS);
    }
  }

  #throwIfInterrupted(): void {
    if (this.#request.interrupted.aborted) throw new Ended({ kind: "interrupted" });
  }
}

function isNotified({ finding, notified }: FindingRecord): boolean {
  return notified.includes(finding.status);
}

function isContained({ finding }: FindingRecord): boolean {
  return finding.status === "contained";
}

/** Findings with the role among their attachments or containment steps. */
function isAbout(roleName: string): (record: FindingRecord) => boolean {
  return ({ finding: { attachments, containment } }) =>
    attachments.some(({ type, name }) => type === "role" && name === roleName) ||
    (containment?.steps ?? []).some(({ target: { principal } }) => principal.name === roleName);
}
