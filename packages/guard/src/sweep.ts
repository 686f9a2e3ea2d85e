import { evaluate } from "@kms-guard/core/evaluate/evaluate.ts";
import type { Verdict } from "@kms-guard/core/evaluate/verdict.ts";
import { parseDocument } from "@kms-guard/core/policy/parse-document.ts";
import type { Policy } from "@kms-guard/core/policy/policy.ts";
import { documentSha256 } from "@kms-guard/core/respond/document-sha256.ts";
import type { Finding } from "@kms-guard/core/respond/finding.ts";
import type { GuardSettings } from "@kms-guard/core/respond/guard-settings.ts";
import { policyKey } from "@kms-guard/core/respond/policy-key.ts";
import { overBecause, UNRESOLVED } from "@kms-guard/core/respond/resolution.ts";
import { respond } from "./handle-event.ts";
import type { AccountPolicy, FindingRecord, Ports } from "./ports.ts";
import { recallFrom } from "./recall.ts";
import { withRecheck } from "./recheck.ts";
import { resolveOver } from "./resolve.ts";
import { isBad, type Standing } from "./standing.ts";
import { armedNotice, lapsingNotice } from "./sweep-notices.ts";
import { tellOnce } from "./tell-once.ts";
import { failure, throwFailures } from "./unsettled.ts";

/** What came of a sweep. */
export interface SweepReport {
  /** Why the account was swept, as the caller said. */
  readonly reason: string;
  /** Every policy that was found, known ones and exempt ones too. */
  readonly findings: readonly Finding[];
}

/**
 * Judges every policy of the account like one that an event names, because CloudTrail delivers on a best-effort basis
 * and AWS changes its own policies without an event. What people were told of is not told again, whoever told it; what
 * they were told of and is no longer so is resolved. A version that waits to be put in force, and an exemption that
 * ends within the week, are told in a notice, once.
 *
 * Throws `Unsettled` like `handleEvent`, after everything has been tried. Where `deadlineMs` (since the epoch) comes
 * first, it stops between two policies and throws too: whoever runs it again goes through what is known by now, which
 * is fast, and on to the rest.
 */
export function sweep(ports: Ports, settings: GuardSettings) {
  const { clock, findings: records, observer, policies } = ports;

  return async (reason: string, deadlineMs = Number.POSITIVE_INFINITY): Promise<SweepReport> => {
    const receivedAtMs = clock.nowMs();
    // Before the account is read: what is found in the meantime is newer than what will have been read.
    const { unresolved, ...unlisted } = await readUnresolved();
    const survey = new Survey(unresolved);
    const judge = respond(ports, settings, { trigger: { kind: "sweep" }, receivedAtMs }, recallFrom(records));
    const { findings, failures } = await withRecheck(ports, judge)(account(survey, deadlineMs));
    observer.event(findings.length > 0 ? "finding" : "clean", { reason, findings: findings.length });
    throwFailures(
      [
        ...unlisted.failures,
        ...failures,
        ...survey.failures(),
        ...(await resolveWhatIsOver(survey)),
        ...(await tellOfArmed(survey)),
        ...(await tellOfLapsing()),
      ],
      findings,
    );
    return { reason, findings };
  };

  async function* account(survey: Survey, deadlineMs: number): AsyncGenerator<Standing> {
    const wouldBeFull = (document: string) => isFull(verdictOn(document));
    for await (const policy of policies.accountPolicies(wouldBeFull)) {
      if (clock.nowMs() >= deadlineMs) {
        survey.left += 1;
        continue;
      }
      survey.see(policy);
      yield { policy };
    }
    survey.isWhole = survey.left === 0;
  }

  async function readUnresolved() {
    const unresolved: FindingRecord[] = [];
    try {
      for await (const record of records.list({ status: UNRESOLVED })) unresolved.push(record);
      return { unresolved, failures: [] };
    } catch (cause) {
      return { unresolved: [], failures: [failure("the findings that stand could not be read", cause)] };
    }
  }

  /** Each is read once more by itself: the survey is minutes old, and the account details may be older. */
  async function resolveWhatIsOver(survey: Survey): Promise<readonly Error[]> {
    const failures: Error[] = [];
    for (const over of survey.seemOver()) {
      try {
        failures.push(...(await resolveOver(ports, over, { trigger: { kind: "sweep" } })));
      } catch (cause) {
        failures.push(failure("what is over could not be resolved", cause));
      }
    }
    return failures;
  }

  async function tellOfArmed({ armed }: Survey): Promise<readonly Error[]> {
    const failures: Error[] = [];
    for (const policy of armed) {
      if (policy.kind === "inline" || isBad(policy.document, settings.account)) continue;
      for (const version of policy.otherVersions ?? []) {
        const { name } = verdictOn(version.document);
        failures.push(
          ...(await tellOnce(ports, armedNotice(policy, version, name, settings, clock.nowMs()))),
        );
      }
    }
    return failures;
  }

  async function tellOfLapsing(): Promise<readonly Error[]> {
    try {
      const failures: Error[] = [];
      for (const exemption of await records.exemptions()) {
        const notice = lapsingNotice(exemption, settings, clock.nowMs());
        if (notice !== undefined) failures.push(...(await tellOnce(ports, notice)));
      }
      return failures;
    } catch (cause) {
      return [failure("the exemptions cannot be read", cause)];
    }
  }

  function verdictOn(document: string): Verdict {
    return evaluate(parseDocument(document), settings.account);
  }
}

function isFull({ name, vacuous }: Verdict): boolean {
  return name === "full" || name === "near-full" || (name === "conditional-full" && vacuous);
}

/** What a sweep has seen of the account, as far as its findings ask for it. */
class Survey {
  /** True once every policy was seen. */
  isWhole = false;
  /** How many policies there was no time for. */
  left = 0;
  /** Policies with versions that wait, and that no finding tells of. */
  readonly armed: AccountPolicy[] = [];
  readonly #unresolved = new Map<string, FindingRecord[]>();
  readonly #seen = new Map<string, AccountPolicy>();

  constructor(unresolved: readonly FindingRecord[]) {
    for (const record of unresolved) {
      const key = policyKey(record.finding.policy);
      this.#unresolved.set(key, [...(this.#unresolved.get(key) ?? []), record]);
    }
  }

  see(policy: AccountPolicy): void {
    const key = policyKey(policy);
    const known = this.#unresolved.get(key) ?? [];
    if (known.length > 0) this.#seen.set(key, policy);
    const untold = (policy.otherVersions ?? []).filter(
      ({ document }) => !known.some(({ finding }) => tellsOfArmed(finding, document)),
    );
    if (untold.length > 0) this.armed.push({ ...policy, otherVersions: untold });
  }

  failures(): readonly Error[] {
    if (this.left === 0) return [];
    return [new Error(`there was no time for ${this.left} policies; the next run goes on with them`)];
  }

  /** The findings that do not seem to be so any more, together by policy. */
  seemOver(): readonly (readonly FindingRecord[])[] {
    if (!this.isWhole) return [];
    return [...this.#unresolved].flatMap(([key, records]) => {
      const over = records.filter(({ finding }) => seemsOver(finding, this.#seen.get(key)));
      return over.length === 0 ? [] : [over];
    });
  }
}

function tellsOfArmed({ notInForce, policy }: Finding, document: string): boolean {
  return notInForce !== undefined && policy.documentSha256 === documentSha256(document);
}

function seemsOver(finding: Finding, policy: AccountPolicy | undefined): boolean {
  const storedText = storedIn(policy, finding);
  return overBecause(finding, { policy, ...(storedText !== undefined && { storedText }) }) !== undefined;
}

/** Only versions of interest were kept: another that is asked for seems gone, and is then read by itself. */
function storedIn(
  policy: (Policy & Pick<AccountPolicy, "otherVersions">) | undefined,
  finding: Finding,
): string | undefined {
  if (policy === undefined || policy.kind === "inline") return undefined;
  const { versionId } = finding.policy;
  if (policy.versionId === versionId) return policy.document;
  return policy.otherVersions?.find((version) => version.versionId === versionId)?.document;
}
