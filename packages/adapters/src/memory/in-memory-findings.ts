import { inPlanOrder, type StepOutcome, stepKey } from "@kms-guard/core/containment/steps.ts";
import type { Exemption } from "@kms-guard/core/exemptions/exemption.ts";
import { FINDING_STATUSES, type Finding } from "@kms-guard/core/findings/finding.ts";
import { subjectKey } from "@kms-guard/core/findings/subject.ts";
import type { Audience } from "@kms-guard/core/notifications/should-notify.ts";
import type { FindingRecord, Findings, Stored } from "@kms-guard/guard/ports.ts";

interface Kept {
  finding: Finding;
  readonly plan: FindingRecord["plan"];
  /** By `stepKey`. */
  readonly outcomes: Map<string, StepOutcome>;
}

interface Claim {
  isOpen: boolean;
  isComplete: boolean;
  readonly notified: Set<Audience>;
}

/** Findings and exemptions in memory, for tests, `replay` and `demo`. */
export class InMemoryFindings implements Findings {
  readonly #kept = new Map<string, Kept>();
  readonly #claims = new Map<string, Map<string, Claim>>();
  readonly #exemptions = new Map<string, Exemption>();
  /** By the finding's id, or the exemption's. */
  readonly #problems = new Map<string, string>();

  async open(finding: Finding, plan: FindingRecord["plan"]): ReturnType<Findings["open"]> {
    // No waiting between the look and the write: that is the condition of the conditional write.
    const stored = this.#stored(finding.id);
    if (stored?.kind === "unreadable") return stored;
    if (stored !== undefined) return { kind: "already-open", record: stored.record };
    this.#kept.set(finding.id, { finding, plan, outcomes: new Map() });
    return { kind: "opened" };
  }

  async recordOutcome(id: string, outcome: StepOutcome): Promise<StepOutcome> {
    const { outcomes } = this.#find(id);
    const key = stepKey(outcome);
    const before = outcomes.get(key)?.outcome;
    const isInDoubt = outcome.outcome === "already" && before !== undefined && before !== "already";
    const counted: StepOutcome = isInDoubt ? { ...outcome, outcome: "done" } : outcome;
    const isKept = before === "done" || (before === "already" && outcome.outcome === "skipped");
    if (outcome.outcome === "done" || !isKept) outcomes.set(key, counted);
    return counted;
  }

  async close(finding: Finding): Promise<void> {
    this.#find(finding.id).finding = finding;
  }

  async claimNotification(
    id: string,
    key: string,
    audiences: readonly Audience[],
  ): Promise<readonly Audience[]> {
    const claims = this.#claimsOn(id);
    const claim = claims.get(key) ?? noClaim();
    claims.set(key, claim);
    if (claim.isOpen || claim.isComplete) return [];
    claim.isOpen = true;
    return audiences.filter((audience) => !claim.notified.has(audience));
  }

  async closeNotification(
    id: string,
    key: string,
    notified: readonly Audience[],
    isComplete: boolean,
  ): Promise<void> {
    const claims = this.#claimsOn(id);
    const claim = claims.get(key) ?? noClaim();
    claims.set(key, claim);
    for (const audience of notified) claim.notified.add(audience);
    claim.isOpen = false;
    claim.isComplete = isComplete;
  }

  async get(id: string): Promise<Stored<FindingRecord> | undefined> {
    return this.#stored(id);
  }

  /** As if another version had written this finding or exemption. */
  makeUnreadable(id: string, problem: string): void {
    this.#problems.set(id, problem);
  }

  #stored(id: string): Stored<FindingRecord> | undefined {
    const kept = this.#kept.get(id);
    return kept && this.#readable(id, this.#record(kept));
  }

  #readable<T>(id: string, record: T): Stored<T> {
    const problem = this.#problems.get(id);
    return problem === undefined ? { kind: "record", record } : { kind: "unreadable", id, problem };
  }

  #record(kept: Kept): FindingRecord {
    const { finding, plan, outcomes } = kept;
    const keys = [...this.#claimsOn(finding.id)]
      .filter(([, { isComplete }]) => isComplete)
      .map(([key]) => key.split("#", 1)[0]);
    const notified = FINDING_STATUSES.filter((status) => keys.includes(status));
    return { finding, plan, outcomes: inPlanOrder(plan, [...outcomes.values()]), notified };
  }

  /** The latest first. */
  async *list({
    status,
    subject,
    limit = Number.POSITIVE_INFINITY,
  }: Parameters<Findings["list"]>[0] = {}): AsyncGenerator<Stored<FindingRecord>> {
    const statuses = typeof status === "string" ? [status] : status;
    let left = limit;
    for (const [id, kept] of [...this.#kept].toReversed()) {
      const stored = this.#readable(id, this.#record(kept));
      if (stored.kind === "record" && statuses?.includes(kept.finding.status) === false) continue;
      if (subject !== undefined && subjectKey(kept.finding.account, kept.finding.policy) !== subject)
        continue;
      if (left <= 0) return;
      left -= 1;
      yield stored;
    }
  }

  async exemptions(): Promise<readonly Stored<Exemption>[]> {
    return [...this.#exemptions].map(([id, exemption]) => this.#readable(id, exemption));
  }

  async addExemption(exemption: Exemption): Promise<void> {
    this.#exemptions.set(exemption.id, exemption);
  }

  async removeExemption(id: string): Promise<boolean> {
    return this.#exemptions.delete(id);
  }

  #find(id: string): Kept {
    const kept = this.#kept.get(id);
    if (kept === undefined) throw new Error(`finding ${id} was never opened`);
    return kept;
  }

  #claimsOn(id: string): Map<string, Claim> {
    const claims = this.#claims.get(id) ?? new Map<string, Claim>();
    this.#claims.set(id, claims);
    return claims;
  }
}

function noClaim(): Claim {
  return { isOpen: false, isComplete: false, notified: new Set() };
}
