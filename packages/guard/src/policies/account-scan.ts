import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { resolutionReason } from "@kms-guard/core/findings/resolution.ts";
import { subjectKey } from "@kms-guard/core/findings/subject.ts";
import type { Policy } from "@kms-guard/core/policy/policy.ts";
import { sha256 } from "@kms-guard/core/text/hash.ts";
import type { AccountPolicy, FindingRecord } from "../ports.ts";

/** What a sweep has seen of the account, as far as its findings ask for it. */
export class AccountScan {
  /** True once every policy was seen. */
  isWhole = false;
  /** How many policies there was no time for. */
  skipped = 0;
  /** Policies with dormant versions that no finding reports. */
  readonly dormantVersions: AccountPolicy[] = [];
  readonly #account: string;
  readonly #unresolved = new Map<string, FindingRecord[]>();
  readonly #seen = new Map<string, AccountPolicy>();

  constructor(account: string, unresolved: readonly FindingRecord[]) {
    this.#account = account;
    for (const record of unresolved) {
      const key = subjectKey(record.finding.account, record.finding.policy);
      this.#unresolved.set(key, [...(this.#unresolved.get(key) ?? []), record]);
    }
  }

  observe(policy: AccountPolicy): void {
    const key = subjectKey(this.#account, policy);
    const known = this.#unresolved.get(key) ?? [];
    if (known.length > 0) this.#seen.set(key, policy);
    const unreported = (policy.otherVersions ?? []).filter(
      ({ document }) => !known.some(({ finding }) => reportsDormant(finding, document)),
    );
    if (unreported.length > 0) this.dormantVersions.push({ ...policy, otherVersions: unreported });
  }

  /** The findings that do not seem to be so any more, together by policy. */
  staleFindings(): readonly (readonly FindingRecord[])[] {
    if (!this.isWhole) return [];
    return [...this.#unresolved].flatMap(([key, records]) => {
      const stale = records.filter(({ finding }) => seemsStale(finding, this.#seen.get(key)));
      return stale.length === 0 ? [] : [stale];
    });
  }
}

function reportsDormant({ notInForce, policy }: Finding, document: string): boolean {
  return notInForce !== undefined && policy.documentSha256 === sha256(document);
}

function seemsStale(finding: Finding, policy: AccountPolicy | undefined): boolean {
  const storedText = storedIn(policy, finding);
  return resolutionReason(finding, { policy, ...(storedText !== undefined && { storedText }) }) !== undefined;
}

/** Only versions of interest were kept: another that is asked for seems gone, and is then read by itself. */
function storedIn(
  policy: (Policy & Pick<AccountPolicy, "otherVersions">) | undefined,
  finding: Finding,
): string | undefined {
  if (policy === undefined || policy.kind === "inline") return undefined;
  if (!("versionId" in finding.policy)) return undefined;
  const { versionId } = finding.policy;
  if (policy.versionId === versionId) return policy.document;
  return policy.otherVersions?.find((version) => version.versionId === versionId)?.document;
}
