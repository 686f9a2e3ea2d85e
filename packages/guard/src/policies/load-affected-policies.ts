import type { GuardSettings } from "@kms-guard/core/containment/guard-settings.ts";
import { isViolation } from "@kms-guard/core/evaluate/evaluate.ts";
import type { Affected, Trigger } from "@kms-guard/core/events/api-call.ts";
import type { ManagedPolicy, Policy } from "@kms-guard/core/policy/policy.ts";
import { documentSha256 } from "@kms-guard/core/text/document-sha256.ts";
import { failure } from "../errors.ts";
import type { ManagedPolicyText, PolicyReader, Ports } from "../ports.ts";
import { isRemoval } from "../removal.ts";
import { readUntil } from "./consistency.ts";
import { heldBy, isHeld, readManaged, type Standing } from "./snapshot.ts";
import { versionWith } from "./version-with-text.ts";

type About<Kind extends Affected["kind"]> = Trigger & {
  readonly affected: Affected & { readonly kind: Kind };
};

/**
 * What a call may have changed, as it stands in IAM now, read until it agrees with the event (see `readUntil`).
 * Where the event carries a bad document that does not stand (any more), that comes too, as `notInForce`: somebody
 * held it for seconds, or it waits to be made the default. So does it where IAM cannot be read, before that throws.
 */
export function loadPolicies(
  { policies, clock }: Pick<Ports, "policies" | "clock">,
  settings: Pick<GuardSettings, "account" | "service">,
) {
  const violates = (document: string) => isViolation(document, { ...settings, nowMs: clock.nowMs() });
  return async function* (trigger: Trigger): AsyncGenerator<Standing> {
    const { affected } = trigger;
    try {
      if (affected.kind === "managed-policy") yield* managedPolicy({ ...trigger, affected });
      if (affected.kind === "attachment") yield* attachment({ ...trigger, affected });
      if (affected.kind === "inline-policy") yield* inlinePolicy({ ...trigger, affected });
      if (affected.kind === "principal") yield* policiesOfPrincipal({ ...trigger, affected });
      if (readsAccount(trigger)) yield* wholeAccount(policies);
    } catch (error) {
      const seen = policyInEvent(trigger);
      if (seen !== undefined && violates(seen.document)) {
        yield {
          policy: seen,
          notInForce: "seen in the event only: what stands in IAM could not be read",
          isUnread: true,
          ...(hasUnknownVersion(trigger) && { isVersionUnknown: true }),
        };
      }
      throw error;
    }
  };

  async function* managedPolicy(trigger: About<"managed-policy">): AsyncGenerator<Standing> {
    const { policyArn, isDefault } = trigger.affected;
    const now = await readUntil(
      clock,
      () => readManaged(policies, policyArn),
      (read) => isRemoval(trigger) || (read !== undefined && hasCaughtUp(read, trigger)),
    );
    if (now !== undefined && (isHeld(now) || !isRemoval(trigger))) yield { policy: now };
    const versionId = trigger.affected.versionId ?? (await versionMade(trigger, now));
    if (now !== undefined && now.versionId === versionId) return;

    const document =
      trigger.document ??
      (versionId === undefined ? undefined : await policies.policyVersion(policyArn, versionId));
    if (document === undefined || !violates(document)) return;
    const affected = { ...trigger.affected, ...(versionId !== undefined && { versionId }) };
    const made = { ...trigger, document, affected };
    const other = policyInEvent(made);
    if (other === undefined) return;
    const why =
      versionId === undefined
        ? "no stored version has this text by now, and the event does not tell its version"
        : isDefault
          ? `\`${versionId}\` was made the default version, but \`${now?.versionId}\` is by now`
          : `armed: \`${versionId}\` is stored, and one SetDefaultPolicyVersion call puts it in force`;
    yield {
      policy: other,
      notInForce: now === undefined ? "the policy is gone by now" : why,
      ...(hasUnknownVersion(made) && { isVersionUnknown: true }),
    };
  }

  /** The version that a call made whose answer CloudTrail left out: the one that has its text. */
  async function versionMade(
    { affected, document }: About<"managed-policy">,
    now: ManagedPolicy | undefined,
  ) {
    if (now === undefined || document === undefined || now.document === document) return now?.versionId;
    if (!violates(document)) return undefined;
    return (await versionWith(policies, affected.policyArn, documentSha256(document)))?.versionId;
  }

  async function* attachment(trigger: About<"attachment">): AsyncGenerator<Standing> {
    const { policyArn, principal } = trigger.affected;
    const now = await readUntil(
      clock,
      () => readManaged(policies, policyArn),
      (read) =>
        isRemoval(trigger) ||
        (read !== undefined && (!violates(read.document) || isHeld(heldBy(read, principal)))),
    );
    if (now === undefined) return;
    // AWS's own policies are many people's: only the principal that the event names is in question.
    const policy = now.kind === "aws-managed" ? heldBy(now, principal) : now;
    if (isHeld(policy)) yield { policy };
    else if (!isRemoval(trigger)) {
      yield { policy, notInForce: `${principal.type} ${principal.name} does not hold it any more` };
    }
  }

  async function* inlinePolicy(trigger: About<"inline-policy">): AsyncGenerator<Standing> {
    const { principal, policyName } = trigger.affected;
    const given = policyInEvent(trigger);
    const isLikeGiven = (document: string): boolean =>
      given === undefined || document === given.document || violates(document) === violates(given.document);
    // Of two bad texts one may be exempt, so it has to be known which one stands.
    const isGiven = (document: string): boolean =>
      given === undefined || document === given.document || (isLikeGiven(document) && !violates(document));
    const now = await readUntil(
      clock,
      () => policies.inlinePolicy(principal, policyName),
      (read) => isRemoval(trigger) || (read !== undefined && isGiven(read.document)),
    );
    if (now !== undefined) yield { policy: now };
    if (given === undefined || !violates(given.document)) return;
    if (now !== undefined && isLikeGiven(now.document)) return;

    yield {
      policy: given,
      notInForce: now === undefined ? "it is gone by now" : "what stands by now is harmless",
    };
    // A user or group that was renamed, or a role made anew, holds it under a name that the event does not have.
    if (now === undefined && (await policies.policiesOf(principal)) === undefined)
      yield* wholeAccount(policies);
  }

  async function* policiesOfPrincipal(trigger: About<"principal">): AsyncGenerator<Standing> {
    const { principal } = trigger.affected;
    const held = await readUntil(
      clock,
      () => policies.policiesOf(principal),
      (read) => isRemoval(trigger) || read !== undefined,
    );
    if (held === undefined) return;
    for (const policy of held.inline) yield { policy };
    // All are being read from now on, and each is judged as it comes: one that cannot be read keeps no other.
    const reading = held.managedArns.map((arn) =>
      readManaged(policies, arn).catch((cause: unknown) => failure(`policy ${arn} could not be read`, cause)),
    );
    const failures: Error[] = [];
    for (const read of reading) {
      const policy = await read;
      if (policy instanceof Error) failures.push(policy);
      else if (policy !== undefined)
        yield { policy: policy.kind === "aws-managed" ? heldBy(policy, principal) : policy };
    }
    if (failures.length > 0)
      throw new AggregateError(failures, failures.map(({ message }) => message).join("; "));
  }
}

/** True where the event does not say what it changed. */
export function readsAccount({ affected, parametersOmitted }: Trigger): boolean {
  return affected.kind === "account" || parametersOmitted;
}

/** Every policy of the account: for a sweep, and where the event does not say what it changed. */
export async function* wholeAccount(policies: PolicyReader): AsyncGenerator<Standing> {
  for await (const policy of policies.accountPolicies()) yield { policy, isSurveyed: true };
}

/** True where what is read of the one policy that a call affects can be what stands after it. */
export function hasTakenPlace(trigger: Trigger, now: Policy | undefined): boolean {
  const { affected, document, eventName } = trigger;
  if (now === undefined) return true;
  if (affected.kind === "managed-policy") {
    if (eventName === "DeletePolicy" || now.kind === "inline") return false;
    return hasCaughtUp(now, { ...trigger, affected });
  }
  if (affected.kind === "attachment")
    return now.kind === "inline" || !isHeld(heldBy(now, affected.principal));
  return affected.kind !== "inline-policy" || now.document === document;
}

/**
 * True where the default version that is read can be the one after the event. Ids only grow, so that a newer one
 * is later than a version just created; SetDefaultPolicyVersion may go back, so there only the one it set agrees.
 */
function hasCaughtUp(now: ManagedPolicyText, { affected, document }: About<"managed-policy">): boolean {
  const { versionId, isDefault } = affected;
  // Where the event does not say that it made the default, its text does.
  if (versionId === undefined) return document === undefined || now.document === document;
  if (isDefault !== true || now.versionId === versionId) return true;
  return document !== undefined && versionNumber(now.versionId) > versionNumber(versionId);
}

/** A policy that is new has one version, `v1`. */
function hasUnknownVersion({ affected, eventName }: Trigger): boolean {
  return (
    affected.kind === "managed-policy" && affected.versionId === undefined && eventName !== "CreatePolicy"
  );
}

function versionNumber(versionId: string): number {
  return Number.parseInt(versionId.slice(1), 10);
}

/** The policy as the event has it, held by nobody that is known of. */
function policyInEvent({ affected, document }: Trigger): Policy | undefined {
  if (document === undefined) return undefined;
  if (affected.kind === "inline-policy") {
    return { kind: "inline", name: affected.policyName, principal: affected.principal, document };
  }
  if (affected.kind !== "managed-policy") return undefined;
  return {
    kind: "managed",
    arn: affected.policyArn,
    name: affected.policyArn.slice(affected.policyArn.lastIndexOf("/") + 1),
    versionId: affected.versionId ?? "v1",
    document,
    attachments: [],
    boundaryOf: [],
  };
}
