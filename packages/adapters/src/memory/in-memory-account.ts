import type { ContainmentStep, DeleteInlineStep, RestoreStep } from "@kms-guard/core/containment/steps.ts";
import type { Problem } from "@kms-guard/core/policy/document.ts";
import type { Account, Attachment, InlinePolicy, PrincipalName } from "@kms-guard/core/policy/policy.ts";
import type {
  AccountPolicy,
  ManagedPolicyText,
  PolicyAttachments,
  PolicyReader,
  PolicyWriter,
  PrincipalDetails,
  WriteResult,
} from "@kms-guard/guard/ports.ts";
import { UnknownState } from "@kms-guard/guard/unknown-state.ts";
import { type AccountState, type PolicyState, type PrincipalState, principalArn } from "./account-state.ts";
import { applyRecord, type RecordEffect } from "./apply-record.ts";
import { IamModel } from "./iam-model.ts";
import { loadAuthorizationDetails } from "./load-authorization-details.ts";
import { performOn, refusalOf } from "./perform-on.ts";
import { type AccountSnapshot, snapshotOf } from "./snapshot.ts";

export interface InMemoryAccountOptions {
  /** How many items a list call answers at most; every page is a call of its own. */
  readonly pageSize?: number;
  /** Asked before each call, by IAM's name for it; what it answers is thrown in the call's place. */
  readonly fault?: (operation: string) => Error | undefined;
}

const PAGE_SIZE = 100;

/**
 * A model account behind the guard's ports: IAM where it matters, in memory. Tests set it up through `iam`; `replay`
 * and `demo` load a snapshot and move it forward by CloudTrail records. What such an archive does not contain throws
 * `UnknownState` when it is read.
 */
export class InMemoryAccount implements PolicyReader, PolicyWriter {
  /** The administrator's side: never delayed, never faulty. */
  readonly iam: IamModel;
  readonly #pageSize: number;
  readonly #fault: (operation: string) => Error | undefined;
  #stale: { readonly state: AccountState; reads: number } | undefined;

  constructor(
    account: Account,
    { pageSize = PAGE_SIZE, fault = () => undefined }: InMemoryAccountOptions = {},
  ) {
    this.iam = new IamModel(account);
    this.#pageSize = pageSize;
    this.#fault = fault;
  }

  /** Adds one page of `aws iam get-account-authorization-details`, as parsed JSON; answers what it could not read. */
  load(details: unknown): readonly Problem[] {
    return loadAuthorizationDetails(this.iam, details);
  }

  /** Moves the account forward by one CloudTrail record, as parsed JSON. */
  applyRecord(record: unknown): RecordEffect {
    return applyRecord(this.iam, record);
  }

  /** The whole account, in one order, to compare. */
  snapshot(): AccountSnapshot {
    return snapshotOf(this.iam.state);
  }

  /** The next reads see the account as it is now, whatever is changed meanwhile: IAM is eventually consistent. */
  lagReads(reads: number): void {
    this.#stale = { state: structuredClone(this.iam.state), reads };
  }

  async managedPolicy(arn: string): Promise<ManagedPolicyText | undefined> {
    const state = this.#read("GetPolicy");
    this.#call("GetPolicyVersion");
    const policy = state.policies.get(arn.toLowerCase());
    return policy && textOf(policy);
  }

  async policyVersion(arn: string, versionId: string): Promise<string | undefined> {
    const policy = this.#read("GetPolicyVersion").policies.get(arn.toLowerCase());
    return policy?.versions.has(versionId)
      ? known(policy.versions.get(versionId), `${arn} ${versionId}`)
      : undefined;
  }

  async policyVersionIds(arn: string): Promise<readonly string[] | undefined> {
    const policy = this.#read("ListPolicyVersions").policies.get(arn.toLowerCase());
    return policy && [...policy.versions.keys()].toSorted((one, other) => numberOf(other) - numberOf(one));
  }

  async policyAttachments(arn: string): Promise<PolicyAttachments | undefined> {
    const policy = this.#read("ListEntitiesForPolicy").policies.get(arn.toLowerCase());
    if (policy === undefined) return undefined;
    this.#morePages("ListEntitiesForPolicy", policy.attachedTo.size + policy.boundaryOf.size);
    return {
      attachments: [...policy.attachedTo].map(identityOf),
      boundaryOf: [...policy.boundaryOf].map(identityOf),
    };
  }

  async inlinePolicy(who: PrincipalName, policyName: string): Promise<InlinePolicy | undefined> {
    const principal = principalIn(this.#read(`Get${capital(who.type)}Policy`), who);
    return principal?.inline.has(policyName) ? inlineOf(principal, policyName, nameOf(principal)) : undefined;
  }

  async policiesOf(
    who: PrincipalName,
  ): Promise<
    { readonly managedArns: readonly string[]; readonly inline: readonly InlinePolicy[] } | undefined
  > {
    const principal = principalIn(this.#read(`ListAttached${capital(who.type)}Policies`), who);
    if (principal === undefined) return undefined;
    this.#morePages(`ListAttached${capital(who.type)}Policies`, principal.attached.size);
    return {
      managedArns: [...principal.attached].map(({ arn }) => arn),
      inline: [...principal.inline.keys()].map((name) => inlineOf(principal, name, nameOf(principal))),
    };
  }

  async principalDetails(who: PrincipalName): Promise<PrincipalDetails | undefined> {
    const state = this.#read(`Get${capital(who.type)}`);
    const principal = principalIn(state, who);
    if (principal === undefined) return undefined;
    const arn = principalArn(state, principal);
    return {
      ...(arn !== undefined && { arn }),
      ...(principal.id !== undefined && { id: principal.id }),
      ...(who.type === "group" && { members: principal.membership.size }),
    };
  }

  /** What is known comes first; where anything is not, that is thrown at the end. */
  async *accountPolicies(
    isOfInterest: (document: string) => boolean = () => false,
  ): AsyncGenerator<AccountPolicy> {
    const state = this.#read("GetAccountAuthorizationDetails");
    let inPage = 0;
    let unknown: UnknownState | undefined;
    for (const read of policiesIn(state, isOfInterest)) {
      if (inPage === this.#pageSize) this.#call("GetAccountAuthorizationDetails");
      inPage = (inPage % this.#pageSize) + 1;
      try {
        yield read();
      } catch (error) {
        if (!(error instanceof UnknownState)) throw error;
        unknown = error;
      }
    }
    if (unknown !== undefined) throw unknown;
  }

  async isUnchanged({ target, document }: DeleteInlineStep): Promise<boolean> {
    return (await this.inlinePolicy(target.principal, target.policyName))?.document === document;
  }

  async perform(step: ContainmentStep | RestoreStep, isConfirmed = false): Promise<WriteResult> {
    const operation = step.action.split("-").map(capital).join("");
    try {
      if ("document" in step && !isConfirmed) this.#call(`Get${capital(step.target.principal.type)}Policy`);
      this.#call(operation);
      return performOn(this.iam, step, isConfirmed);
    } catch (error) {
      return refusalOf(step, error);
    }
  }

  #call(operation: string): void {
    const fault = this.#fault(operation);
    if (fault !== undefined) throw fault;
  }

  /** The state as this read sees it. */
  #read(operation: string): AccountState {
    this.#call(operation);
    if (this.#stale === undefined || this.#stale.reads <= 0) return this.iam.state;
    this.#stale.reads -= 1;
    return this.#stale.state;
  }

  #morePages(operation: string, items: number): void {
    for (let seen = this.#pageSize; seen < items; seen += this.#pageSize) this.#call(operation);
  }
}

function textOf(policy: PolicyState): ManagedPolicyText {
  const { kind, arn, name, defaultVersionId: versionId } = policy;
  if (versionId === undefined) throw new UnknownState(`the default version of ${arn} is not known`);
  return {
    kind,
    arn,
    name,
    versionId,
    document: known(policy.versions.get(versionId), `${arn} ${versionId}`),
  };
}

function known(document: string | undefined, whose: string): string {
  if (document === undefined) throw new UnknownState(`the document of ${whose} is not known`);
  return document;
}

function inlineOf(state: PrincipalState, name: string, principal: Attachment): InlinePolicy {
  const document = known(
    state.inline.get(name),
    `inline policy ${name} of ${principal.type} ${principal.name}`,
  );
  return { kind: "inline", name, principal, document };
}

/** As ListEntitiesForPolicy has it: without path or ARN. */
function identityOf({ type, name, id }: PrincipalState): PrincipalName {
  return { type, name, ...(id !== undefined && { id }) };
}

/** As an answer on an inline policy has it: what was asked. */
function nameOf({ type, name }: PrincipalState): PrincipalName {
  return { type, name };
}

function principalIn(
  { principals }: AccountState,
  { type, name }: PrincipalName,
): PrincipalState | undefined {
  return principals[type].get(name.toLowerCase());
}

/** What GetAccountAuthorizationDetails has: the customer's own policies, AWS's that are in use, and inline ones. */
function* policiesIn(
  state: AccountState,
  isOfInterest: (document: string) => boolean,
): Generator<() => AccountPolicy> {
  const attachmentOf = (principal: PrincipalState): Attachment => {
    const arn = principalArn(state, principal);
    return { ...identityOf(principal), ...(arn !== undefined && { arn }) };
  };
  for (const policy of state.policies.values()) {
    if (policy.kind === "aws-managed" && policy.attachedTo.size === 0) continue;
    const others = [...policy.versions].flatMap(([versionId, document]) =>
      policy.kind === "managed" &&
      versionId !== policy.defaultVersionId &&
      document !== undefined &&
      isOfInterest(document)
        ? [{ versionId, document }]
        : [],
    );
    yield (): AccountPolicy => ({
      ...textOf(policy),
      attachments: [...policy.attachedTo].map(attachmentOf),
      boundaryOf: [...policy.boundaryOf].map(identityOf),
      ...(others.length > 0 && { otherVersions: others }),
    });
  }
  for (const named of Object.values(state.principals)) {
    for (const principal of named.values()) {
      for (const name of principal.inline.keys())
        yield () => inlineOf(principal, name, attachmentOf(principal));
    }
  }
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function numberOf(versionId: string): number {
  return Number.parseInt(versionId.slice(1), 10);
}
