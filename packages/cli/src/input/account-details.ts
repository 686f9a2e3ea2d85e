import { arnName, managedPolicyKind, parseArn } from "@kms-guard/core/aws/arn.ts";
import type { Account, Attachment, PrincipalType } from "@kms-guard/core/policy/policy.ts";
import type { Place, PolicyInput, UnreadableInput } from "./policy-input.ts";
import { isJsonObject, type JsonObject, listOf } from "./shape.ts";

const PRINCIPALS = [
  { list: "UserDetailList", type: "user", inline: "UserPolicyList" },
  { list: "GroupDetailList", type: "group", inline: "GroupPolicyList" },
  { list: "RoleDetailList", type: "role", inline: "RolePolicyList" },
] as const satisfies readonly { list: string; type: PrincipalType; inline: string }[];

/**
 * The pages of one GetAccountAuthorizationDetails answer, read in order. The attachments of a policy may be on a later
 * page than the policy, so they are complete only at the end.
 *
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
 */
export class AccountDetails {
  /** True if the last page read says that another one follows. */
  isTruncated = false;
  #account: Account | undefined;
  readonly #attachments = new Map<string, Omit<Attachment, "members">[]>();
  readonly #members = new Map<string, number>();

  /** The policies of one page: the default version of each managed one, and every inline one. */
  *policiesOf(page: JsonObject, place: Place): Generator<PolicyInput | UnreadableInput> {
    this.isTruncated = page.IsTruncated === true;
    this.#account ??= accountOf(page);
    for (const { list, type, inline } of PRINCIPALS) {
      if (isNotAList(page[list])) yield unreadable(place, `has no list in ${list}`);
      for (const [index, principal] of listOf(page[list]).entries()) {
        const at = `${list}[${index}]`;
        if (!isJsonObject(principal) || typeof principal.Arn !== "string") {
          yield unreadable(place, `has no Arn in ${at}`);
          continue;
        }
        this.#remember(principal, principal.Arn, type);
        if (isNotAList(principal[inline])) {
          yield unreadable(place, `has no list in ${at}.${inline}`, principal.Arn);
        }
        yield* this.#inlinePolicies(principal.Arn, listOf(principal[inline]), place, `${at}.${inline}`);
      }
    }
    if (isNotAList(page.Policies)) yield unreadable(place, "has no list in Policies");
    for (const [index, policy] of listOf(page.Policies).entries()) {
      yield this.#managedPolicy(policy, place, `Policies[${index}]`);
    }
  }

  #remember(principal: JsonObject, arn: string, type: PrincipalType): void {
    const name = arnName(arn);
    for (const attached of listOf(principal.AttachedManagedPolicies)) {
      if (!isJsonObject(attached) || typeof attached.PolicyArn !== "string") continue;
      const attachments = this.#attachments.get(attached.PolicyArn) ?? [];
      attachments.push({ type, name, arn });
      this.#attachments.set(attached.PolicyArn, attachments);
    }
    for (const group of listOf(principal.GroupList)) {
      if (typeof group === "string") this.#members.set(group, (this.#members.get(group) ?? 0) + 1);
    }
  }

  *#inlinePolicies(
    principalArn: string,
    policies: readonly unknown[],
    place: Place,
    at: string,
  ): Generator<PolicyInput | UnreadableInput> {
    for (const [index, policy] of policies.entries()) {
      if (!isJsonObject(policy) || typeof policy.PolicyName !== "string") {
        yield unreadable(place, `has no PolicyName in ${at}[${index}]`, principalArn);
        continue;
      }
      yield {
        kind: "policy",
        id: `${principalArn}/${policy.PolicyName}`,
        place,
        policyKind: "inline",
        document: policy.PolicyDocument,
        ...this.#owner(principalArn),
      };
    }
  }

  #managedPolicy(policy: unknown, place: Place, at: string): PolicyInput | UnreadableInput {
    if (!isJsonObject(policy) || typeof policy.Arn !== "string")
      return unreadable(place, `has no Arn in ${at}`);
    const arn = policy.Arn;
    if (!Array.isArray(policy.PolicyVersionList)) {
      const fix = "list-policies has no documents, get-account-authorization-details has them";
      return unreadable(place, `has no PolicyVersionList in ${at}: ${fix}`, arn);
    }
    const version = policy.PolicyVersionList.find(
      (one) =>
        isJsonObject(one) && (one.IsDefaultVersion === true || one.VersionId === policy.DefaultVersionId),
    );
    if (!isJsonObject(version)) return unreadable(place, `has no default version in ${at}`, arn);
    return {
      kind: "policy",
      id: arn,
      place,
      policyKind: managedPolicyKind(arn),
      document: version.Document,
      attachments: () => this.#attachmentsOf(arn),
      ...this.#owner(arn),
    };
  }

  #attachmentsOf(arn: string): readonly Attachment[] {
    return (this.#attachments.get(arn) ?? []).map((attachment) =>
      attachment.type === "group"
        ? { ...attachment, members: this.#members.get(attachment.name) ?? 0 }
        : attachment,
    );
  }

  /** The account of an ARN; for AWS's own policies, the account of the pages. */
  #owner(arn: string): { readonly account?: Account } {
    const account = accountIn(arn) ?? this.#account;
    return account === undefined ? {} : { account };
  }
}

/** The account of a page: that of the first ARN in it that has one. */
export function accountOf(page: JsonObject): Account | undefined {
  for (const list of [...PRINCIPALS.map((principal) => principal.list), "Policies"]) {
    for (const entry of listOf(page[list])) {
      const account = isJsonObject(entry) && typeof entry.Arn === "string" ? accountIn(entry.Arn) : undefined;
      if (account !== undefined) return account;
    }
  }
  return undefined;
}

function accountIn(arn: string): Account | undefined {
  const { account: id = "", partition = "" } = parseArn(arn) ?? {};
  return /^\d{12}$/.test(id) ? { id, partition } : undefined;
}

/** A value that should be a list of policies and is not: policies in it would be missed. */
function isNotAList(value: unknown): boolean {
  return value !== undefined && value !== null && !Array.isArray(value);
}

function unreadable(place: Place, problem: string, id: string = place.path): UnreadableInput {
  return { kind: "unreadable", id, place, problem };
}
