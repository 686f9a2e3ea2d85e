import { isSamePrincipal, reservedRole } from "@kms-guard/core/aws/principal.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import type { Attachment, ManagedPolicy, Policy, PrincipalName } from "@kms-guard/core/policy/policy.ts";
import { sha256 } from "@kms-guard/core/text/hash.ts";
import type { Clock, PolicyReader, Ports, StoredVersion } from "../ports.ts";

/** A policy as it was read at one moment, to be evaluated. */
export interface PolicySnapshot {
  readonly policy: Policy;
  /**
   * Absent for a policy in force. Present for a text that only the event (or a version that is not the default) has: why
   * it is not in force. Such a policy is alerted on, never contained.
   */
  readonly notInForce?: string;
  /** True if the event has the text but not its version, and no stored version has the text: `versionId` is a guess. */
  readonly isVersionUnknown?: true;
  /** True if IAM could not be read: nothing is concluded from this snapshot. */
  readonly iamUnavailable?: true;
  /** True if it comes from an account scan, which may be minutes old. */
  readonly fromAccountScan?: true;
}

/** A managed policy with its attachments: two reads at the same time. */
export async function readManaged(policies: PolicyReader, arn: string): Promise<ManagedPolicy | undefined> {
  const [text, uses] = await Promise.all([policies.managedPolicy(arn), policies.policyAttachments(arn)]);
  return text && { ...text, attachments: uses?.attachments ?? [], boundaryOf: uses?.boundaryOf ?? [] };
}

/** The one policy of a finding as it is now; `undefined` if it is gone, or if the finding is of several together. */
export async function readPolicyOf(
  policies: PolicyReader,
  { policy }: Pick<Finding, "policy">,
): Promise<Policy | undefined> {
  switch (policy.kind) {
    case "managed":
    case "aws-managed":
      return readManaged(policies, policy.arn);
    case "inline":
      return policies.inlinePolicy(policy.principal, policy.name);
    case "combined":
      return undefined;
  }
}

/** A policy of an account scan, read again; `undefined` if it is gone. Only the scan has its principals' ARNs. */
export async function readAgain(policies: PolicyReader, scanned: Policy): Promise<Policy | undefined> {
  if (scanned.kind === "inline") {
    const now = await policies.inlinePolicy(scanned.principal, scanned.name);
    return now && { ...now, principal: scanned.principal };
  }
  const now = await readManaged(policies, scanned.arn);
  const known = (attachment: Attachment) =>
    scanned.attachments.find((other) => isSamePrincipal(other, attachment)) ?? attachment;
  return now && { ...now, attachments: now.attachments.map(known) };
}

/** The policy with one principal's attachment only. */
export function attachedTo(policy: ManagedPolicy, principal: PrincipalName): ManagedPolicy {
  return {
    ...policy,
    attachments: policy.attachments.filter((attachment) => isSamePrincipal(attachment, principal)),
  };
}

/** True if the policy is attached to a principal (as a boundary does not count), or inline. */
export function isAttached(policy: Policy): boolean {
  return policy.kind === "inline" || policy.attachments.length > 0;
}

/**
 * How long the guard waits for IAM to agree with an event, in steps. IAM is eventually consistent, and says no figure:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_general.html#troubleshoot_general_eventual-consistency
 */
const WAITS_MS = [1_000, 2_000, 4_000] as const;

/** Reads again until what is read agrees with what is known, or the waits are used up: then the last reading counts. */
export async function waitForConsistency<T>(
  clock: Clock,
  read: () => Promise<T>,
  agrees: (value: T) => boolean,
): Promise<T> {
  let value = await read();
  for (const waitMs of WAITS_MS) {
    if (agrees(value)) break;
    await clock.sleepMs(waitMs);
    value = await read();
  }
  return value;
}

/** The newest stored version of a managed policy whose text has this SHA-256; `undefined` if none has. */
export async function versionWith(
  policies: Pick<PolicyReader, "policyVersionIds" | "policyVersion">,
  arn: string,
  textSha256: string,
): Promise<StoredVersion | undefined> {
  for (const versionId of (await policies.policyVersionIds(arn)) ?? []) {
    const document = await policies.policyVersion(arn, versionId);
    if (document !== undefined && sha256(document) === textSha256) return { versionId, document };
  }
  return undefined;
}

/** 3 for `v3`: IAM never uses a number twice. */
export function versionNumber(versionId: string): number {
  return Number.parseInt(versionId.slice(1), 10);
}

/** A policy with its reserved-looking roles' ARNs, and why one could not be read. */
interface WithPaths {
  readonly policy: Policy;
  readonly unread?: unknown;
}

/**
 * The policy with the ARN of every role whose name looks like one that only AWS can change. A customer's role may have
 * such a name too; its path decides. No other role is read: a containment waits.
 */
export async function withReservedRoles(
  policies: Pick<PolicyReader, "principalDetails">,
  policy: Policy,
): Promise<WithPaths> {
  let unread: unknown;
  async function withPath(attachment: Attachment): Promise<Attachment> {
    if (attachment.arn !== undefined || reservedRole(attachment) === undefined) return attachment;
    try {
      const { arn } = (await policies.principalDetails(attachment)) ?? {};
      return arn === undefined ? attachment : { ...attachment, arn };
    } catch (error) {
      unread = error;
      return attachment;
    }
  }
  const known =
    policy.kind === "inline"
      ? { ...policy, principal: await withPath(policy.principal) }
      : { ...policy, attachments: await Promise.all(policy.attachments.map(withPath)) };
  return { policy: known, ...(unread !== undefined && { unread }) };
}

/**
 * The ports of one invocation with a deadline: from `deadlineMs` (since the epoch) on nothing is read from IAM and no
 * step is begun. What is left undone fails, so that Lambda runs the event again; notifications are still sent.
 * A call that was begun before may take as long as its connection allows.
 */
export function withDeadline(ports: Ports, deadlineMs: number): Ports {
  const { policies, clock } = ports;
  const read = (): PolicyReader => {
    if (clock.nowMs() < deadlineMs) return policies;
    throw new Error("the time for reading IAM is up");
  };
  return {
    ...ports,
    deadlineMs,
    policies: {
      managedPolicy: async (arn) => read().managedPolicy(arn),
      policyVersion: async (arn, versionId) => read().policyVersion(arn, versionId),
      policyVersionIds: async (arn) => read().policyVersionIds(arn),
      policyAttachments: async (arn) => read().policyAttachments(arn),
      inlinePolicy: async (principal, policyName) => read().inlinePolicy(principal, policyName),
      policiesOf: async (principal) => read().policiesOf(principal),
      principalDetails: async (principal) => read().principalDetails(principal),
      async *accountPolicies(isOfInterest) {
        yield* read().accountPolicies(isOfInterest);
      },
    },
  };
}
