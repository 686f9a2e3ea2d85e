import { isSamePrincipal, principalIndex } from "@kms-guard/core/aws/principal.ts";
import type { GuardSettings } from "@kms-guard/core/containment/guard-settings.ts";
import { type RestoreStep, restorePlan, type StepOutcome } from "@kms-guard/core/containment/steps.ts";
import { type Exemption, isExpired } from "@kms-guard/core/exemptions/exemption.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { transition } from "@kms-guard/core/findings/lifecycle.ts";
import { exemptedPolicy } from "@kms-guard/core/findings/subject.ts";
import type { PrincipalName } from "@kms-guard/core/policy/policy.ts";
import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import { performSteps } from "./contain.ts";
import { failure } from "./errors.ts";
import { notify } from "./notify.ts";
import type { Ports } from "./ports.ts";
import { sortStored } from "./records.ts";

/** Who restores, why, and for how long it stays exempt. */
export interface RestoreRequest {
  readonly by: string;
  readonly reason: string;
  /** From now; after that the guard assesses it again. */
  readonly hours: number;
  readonly dryRun: boolean;
}

export type RestoreReport =
  | { readonly kind: "refused"; readonly reason: string; readonly nextSteps: readonly string[] }
  | {
      /** Everything is in place already, under `exemption`, which says who restored it, when and why. */
      readonly kind: "already-restored";
      readonly finding: Finding;
      readonly exemption: Exemption;
      /** The alert that failed the first time, and now again. */
      readonly failures: readonly Error[];
    }
  | {
      readonly kind: "planned";
      readonly finding: Finding;
      readonly steps: readonly RestoreStep[];
      /** What will not be restored, and why. */
      readonly refused: readonly StepOutcome[];
      readonly exemption: Exemption;
    }
  | {
      readonly kind: "restored";
      /** Status `restored` where at least one step worked; unchanged where none did. */
      readonly finding: Finding;
      /** Every step with its outcome; `failed` ones can be tried again by restoring again. */
      readonly steps: readonly StepOutcome[];
      readonly exemption: Exemption;
      /** What could not be recorded or published; restoring again does that. */
      readonly failures: readonly Error[];
    };

const HOUR_MS = 3_600_000;

/**
 * Restores what a containment removed. An exemption for this text of the policy comes first, so that the guard does not
 * contain it again. Then every step is tried, also after one that fails (its principal is gone, its quota is full).
 * What is restored already stays as it is, with the exemption that it has. A principal that was created again under its
 * old name gets nothing.
 *
 * Runs with the operator's credentials, never the guard's. Throws where the finding or a principal cannot be read or the exemption
 * cannot be stored, and then nothing was changed; after that every step's outcome is reported, whatever else fails.
 */
export function restore(ports: Ports, settings: GuardSettings) {
  return async (id: string, request: RestoreRequest): Promise<RestoreReport> => {
    const nowMs = ports.clock.nowMs();
    const stored = await ports.findings.get(id);
    if (stored === undefined)
      return refused(`there is no finding \`${id}\``, `${KMS_GUARD} history --since 30d`);
    if (stored.kind === "unreadable")
      return refused(`\`${id}\` cannot be read: ${stored.problem}`, `${KMS_GUARD} doctor`);
    const { record } = stored;
    const { account } = record.finding;
    if (account !== settings.account.id) {
      return refused(
        `\`${id}\` is of account ${account}, not of ${settings.account.id}`,
        `${KMS_GUARD} show ${id}`,
      );
    }
    const plan = restorePlan(record.outcomes);
    if (plan.length === 0) {
      return refused(
        `nothing was removed for \`${id}\`, so there is nothing to restore`,
        `${KMS_GUARD} show ${id}`,
      );
    }
    const ofOthers = await stepsOfOthers(ports, record.finding, plan);
    const steps = plan.filter((step) => !ofOthers.has(step));
    const refusals = [...ofOthers.values()];
    if (steps.length === 0)
      return refused(refusals.map(({ error }) => error).join("; "), `${KMS_GUARD} show ${id}`);
    const exemption = exemptionOf(record.finding, request, nowMs);
    const first = await restoredBy(ports, record.finding, exemption.id, steps, nowMs);
    if (first !== undefined) {
      const failures = request.dryRun ? [] : await notify(ports, record.finding);
      return { kind: "already-restored", finding: record.finding, exemption: first, failures };
    }
    if (request.dryRun)
      return { kind: "planned", finding: record.finding, steps, refused: refusals, exemption };

    await ports.findings.addExemption(exemption);
    const planned = steps.map((step) => ({ step }));
    const performed = await performSteps(ports, planned, async () => undefined);
    const outcomes = [...[...performed.values()].map(({ outcome }) => outcome), ...refusals];
    const finding = transition(record.finding, {
      kind: "restored",
      before: record.outcomes,
      outcomes,
      until: exemption.expiresAt,
    });
    const failures = finding === record.finding ? [] : await closeAndNotify(ports, finding);
    return { kind: "restored", finding, steps: outcomes, exemption, failures };
  };
}

/**
 * The steps whose principal is not the one that lost the access, with their outcomes: IAM's calls go by names, and a
 * principal that was created again under an old name is another.
 */
async function stepsOfOthers(
  { policies, clock }: Pick<Ports, "policies" | "clock">,
  { attachments }: Finding,
  plan: readonly RestoreStep[],
): Promise<ReadonlyMap<RestoreStep, StepOutcome>> {
  const at = new Date(clock.nowMs()).toISOString();
  const known = principalIndex(attachments);
  const checked = await Promise.all(
    plan.map(async (step): Promise<readonly [RestoreStep, StepOutcome][]> => {
      const { principal } = step.target;
      const id = principal.id ?? known(principal)?.id;
      const now = id === undefined ? undefined : await policies.principalDetails(principal);
      if (now?.id === undefined || now.id === id) return [];
      const error =
        `${principal.type} \`${principal.name}\` was created again since: it is another principal ` +
        `(${now.id}, not ${id}), so nothing is restored to it`;
      return [[step, { ...step, outcome: "failed", error, at }]];
    }),
  );
  return new Map(checked.flat());
}

/** The exemption of an earlier restore, where everything is still in place; `undefined` where something is left to do. */
async function restoredBy(
  { findings, policies }: Pick<Ports, "findings" | "policies">,
  finding: Finding,
  exemptionId: string,
  steps: readonly RestoreStep[],
  nowMs: number,
): Promise<Exemption | undefined> {
  if (finding.status !== "restored") return undefined;
  const exemption = (await sortStored(await findings.exemptions())).records.find(
    ({ id }) => id === exemptionId,
  );
  const isInForce = exemption !== undefined && !isExpired(exemption, nowMs);
  return isInForce && (await isBack(policies, steps)) ? exemption : undefined;
}

/** True where everything that the steps would restore is in place. */
async function isBack(
  policies: Pick<Ports["policies"], "policyAttachments" | "inlinePolicy">,
  steps: readonly RestoreStep[],
): Promise<boolean> {
  const attachments = new Map<string, readonly PrincipalName[]>();
  for (const step of steps) {
    const { principal } = step.target;
    if ("document" in step) {
      const now = await policies.inlinePolicy(principal, step.target.policyName);
      if (now?.document !== step.document) return false;
    } else {
      const { policyArn } = step.target;
      const known = attachments.get(policyArn) ?? (await policies.policyAttachments(policyArn))?.attachments;
      attachments.set(policyArn, known ?? []);
      if (!known?.some((attachment) => isSamePrincipal(attachment, principal))) return false;
    }
  }
  return true;
}

async function closeAndNotify(ports: Ports, finding: Finding): Promise<readonly Error[]> {
  const failures: Error[] = [];
  try {
    await ports.findings.close(finding);
  } catch (cause) {
    failures.push(failure(`that ${finding.id} is restored could not be recorded`, cause));
  }
  ports.observer.finding(finding);
  return [...failures, ...(await notify(ports, finding))];
}

function refused(reason: string, nextStep: string): RestoreReport {
  return { kind: "refused", reason, nextSteps: [nextStep] };
}

/** For this text of this policy only, and the same one however often it is restored. */
function exemptionOf(
  { id, account, policy }: Finding,
  { by, reason, hours }: RestoreRequest,
  nowMs: number,
): Exemption {
  return {
    id: `ke-restore-${id}`,
    account,
    policy: exemptedPolicy(policy),
    documentSha256: policy.documentSha256,
    reason,
    owner: by,
    createdBy: by,
    createdAt: new Date(nowMs).toISOString(),
    expiresAt: new Date(nowMs + hours * HOUR_MS).toISOString(),
  };
}
