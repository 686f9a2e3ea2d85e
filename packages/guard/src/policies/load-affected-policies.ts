import { arnName } from "@kms-guard/core/aws/arn.ts";
import type { GuardSettings } from "@kms-guard/core/containment/guard-settings.ts";
import { isViolation } from "@kms-guard/core/evaluate/evaluate.ts";
import type { ApiCall, Scope } from "@kms-guard/core/events/api-call.ts";
import { apiCallRow, isRemoval } from "@kms-guard/core/events/api-call-table.ts";
import type { ManagedPolicy, Policy } from "@kms-guard/core/policy/policy.ts";
import { sha256 } from "@kms-guard/core/text/hash.ts";
import { failure } from "../errors.ts";
import type { ManagedPolicyText, PolicyReader, Ports } from "../ports.ts";
import {
  attachedTo,
  isAttached,
  type PolicySnapshot,
  readManaged,
  versionNumber,
  versionWith,
  waitForConsistency,
} from "./read-policy.ts";

type About<Kind extends Scope["kind"]> = ApiCall & {
  readonly scope: Scope & { readonly kind: Kind };
};

/**
 * What a call may have changed, as IAM has it now, read until it agrees with the event (see `waitForConsistency`).
 * If the event carries a violation that is not (or no longer) in force, that comes too, as `notInForce`: it was in force
 * for seconds, or is a dormant version. So it does if IAM cannot be read, before the error is thrown.
 */
export function loadAffectedPolicies(
  { policies, clock }: Pick<Ports, "policies" | "clock">,
  settings: Pick<GuardSettings, "account" | "service">,
) {
  const violates = (document: string) => isViolation(document, { ...settings, nowMs: clock.nowMs() });
  return async function* (call: ApiCall): AsyncGenerator<PolicySnapshot> {
    const { scope } = call;
    try {
      if (scope.kind === "managed-policy") yield* managedPolicy({ ...call, scope });
      if (scope.kind === "attachment") yield* attachment({ ...call, scope });
      if (scope.kind === "inline-policy") yield* inlinePolicy({ ...call, scope });
      if (scope.kind === "principal") yield* policiesOfPrincipal({ ...call, scope });
      if (readsAccount(call)) yield* wholeAccount(policies);
    } catch (error) {
      const seen = policyInEvent(call);
      if (seen !== undefined && violates(seen.document)) {
        yield {
          policy: seen,
          notInForce: "seen in the event only: IAM could not be read",
          iamUnavailable: true,
          ...(hasUnknownVersion(call) && { isVersionUnknown: true }),
        };
      }
      throw error;
    }
  };

  async function* managedPolicy(call: About<"managed-policy">): AsyncGenerator<PolicySnapshot> {
    const { policyArn, isDefault } = call.scope;
    const now = await waitForConsistency(
      clock,
      () => readManaged(policies, policyArn),
      (read) => isRemoval(call) || (read !== undefined && isUpToDateWith(read, call)),
    );
    if (now !== undefined && (isAttached(now) || !isRemoval(call))) yield { policy: now };
    const versionId = call.scope.versionId ?? (await createdVersion(call, now));
    if (now !== undefined && now.versionId === versionId) return;

    const document =
      call.document ??
      (versionId === undefined ? undefined : await policies.policyVersion(policyArn, versionId));
    if (document === undefined || !violates(document)) return;
    const scope = { ...call.scope, ...(versionId !== undefined && { versionId }) };
    const created = { ...call, document, scope };
    const other = policyInEvent(created);
    if (other === undefined) return;
    const why =
      versionId === undefined
        ? "no stored version has this text now, and the event does not name its version"
        : isDefault
          ? `\`${versionId}\` was made the default version, but now \`${now?.versionId}\` is`
          : `armed: \`${versionId}\` is stored, and one SetDefaultPolicyVersion call puts it in force`;
    yield {
      policy: other,
      notInForce: now === undefined ? "the policy is gone" : why,
      ...(hasUnknownVersion(created) && { isVersionUnknown: true }),
    };
  }

  /** The version that a call created, if CloudTrail left its answer out: the one that has its text. */
  async function createdVersion(
    { scope, document }: About<"managed-policy">,
    now: ManagedPolicy | undefined,
  ) {
    if (now === undefined || document === undefined || now.document === document) return now?.versionId;
    if (!violates(document)) return undefined;
    return (await versionWith(policies, scope.policyArn, sha256(document)))?.versionId;
  }

  async function* attachment(call: About<"attachment">): AsyncGenerator<PolicySnapshot> {
    const { policyArn, principal } = call.scope;
    const now = await waitForConsistency(
      clock,
      () => readManaged(policies, policyArn),
      (read) =>
        isRemoval(call) ||
        (read !== undefined && (!violates(read.document) || isAttached(attachedTo(read, principal)))),
    );
    if (now === undefined) return;
    // An AWS managed policy has many users: only the principal that the event names is in scope.
    const policy = now.kind === "aws-managed" ? attachedTo(now, principal) : now;
    if (isAttached(policy)) yield { policy };
    else if (!isRemoval(call)) {
      yield { policy, notInForce: `${principal.type} ${principal.name} no longer has it` };
    }
  }

  async function* inlinePolicy(call: About<"inline-policy">): AsyncGenerator<PolicySnapshot> {
    const { principal, policyName } = call.scope;
    const given = policyInEvent(call);
    const isLikeGiven = (document: string): boolean =>
      given === undefined || document === given.document || violates(document) === violates(given.document);
    // Of two violations one may be exempt, so it has to be known which one is in force.
    const isGiven = (document: string): boolean =>
      given === undefined || document === given.document || (isLikeGiven(document) && !violates(document));
    const now = await waitForConsistency(
      clock,
      () => policies.inlinePolicy(principal, policyName),
      (read) => isRemoval(call) || (read !== undefined && isGiven(read.document)),
    );
    if (now !== undefined) yield { policy: now };
    if (given === undefined || !violates(given.document)) return;
    if (now !== undefined && isLikeGiven(now.document)) return;

    yield {
      policy: given,
      notInForce: now === undefined ? "the policy is gone" : "a harmless document has replaced it",
    };
    // A renamed user or group, or a role created again, may have it under another name.
    if (now === undefined && (await policies.policiesOf(principal)) === undefined)
      yield* wholeAccount(policies);
  }

  async function* policiesOfPrincipal(call: About<"principal">): AsyncGenerator<PolicySnapshot> {
    const { principal } = call.scope;
    const attached = await waitForConsistency(
      clock,
      () => policies.policiesOf(principal),
      (read) => isRemoval(call) || read !== undefined,
    );
    if (attached === undefined) return;
    for (const policy of attached.inline) yield { policy };
    // All are read at the same time, and each is yielded as it comes: one that cannot be read stops no other.
    const reading = attached.managedArns.map((arn) =>
      readManaged(policies, arn).catch((cause: unknown) => failure(`policy ${arn} could not be read`, cause)),
    );
    const failures: Error[] = [];
    for (const read of reading) {
      const policy = await read;
      if (policy instanceof Error) failures.push(policy);
      else if (policy !== undefined)
        yield { policy: policy.kind === "aws-managed" ? attachedTo(policy, principal) : policy };
    }
    if (failures.length > 0)
      throw new AggregateError(failures, failures.map(({ message }) => message).join("; "));
  }
}

/** True if the event does not say what it changed. */
export function readsAccount({ scope, parametersOmitted }: ApiCall): boolean {
  return scope.kind === "account" || parametersOmitted;
}

/** Every policy of the account. */
async function* wholeAccount(policies: PolicyReader): AsyncGenerator<PolicySnapshot> {
  for await (const policy of policies.accountPolicies()) yield { policy, fromAccountScan: true };
}

/** True if a policy as it was read can be the result of the call. */
export function isConsistentWith(call: ApiCall, now: Policy | undefined): boolean {
  const { scope, document, eventName } = call;
  if (now === undefined) return true;
  if (scope.kind === "managed-policy") {
    if (apiCallRow(eventName)?.removes === "policy" || now.kind === "inline") return false;
    return isUpToDateWith(now, { ...call, scope });
  }
  if (scope.kind === "attachment")
    return now.kind === "inline" || !isAttached(attachedTo(now, scope.principal));
  return scope.kind !== "inline-policy" || now.document === document;
}

/**
 * True if the default version that was read can be the result of the call. Ids only grow, so a newer one is later than a
 * version just created; SetDefaultPolicyVersion may go back, so there only the version that it set agrees.
 */
function isUpToDateWith(now: ManagedPolicyText, { scope, document }: About<"managed-policy">): boolean {
  const { versionId, isDefault } = scope;
  // If the event does not name the version, its text decides.
  if (versionId === undefined) return document === undefined || now.document === document;
  if (isDefault !== true || now.versionId === versionId) return true;
  return document !== undefined && versionNumber(now.versionId) > versionNumber(versionId);
}

/** A new policy has one version, `v1`. */
function hasUnknownVersion({ scope, eventName }: ApiCall): boolean {
  return (
    scope.kind === "managed-policy" &&
    scope.versionId === undefined &&
    apiCallRow(eventName)?.creates !== "policy"
  );
}

/** The policy as the event has it, with no attachments. */
function policyInEvent({ scope, document }: ApiCall): Policy | undefined {
  if (document === undefined) return undefined;
  if (scope.kind === "inline-policy") {
    return { kind: "inline", name: scope.policyName, principal: scope.principal, document };
  }
  if (scope.kind !== "managed-policy") return undefined;
  return {
    kind: "managed",
    arn: scope.policyArn,
    name: arnName(scope.policyArn),
    versionId: scope.versionId ?? "v1",
    document,
    attachments: [],
    boundaryOf: [],
  };
}
