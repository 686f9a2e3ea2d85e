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
 * The pages of one GetAccountAuthorizationDetails answer, read one after the other. Who holds a policy may stand on
 * a later page than the policy: ask for holders at the end.
 *
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
 */
export class AccountDetails {
  /** True while the last page read says that another one follows. */
  isTruncated = false;
  #account: Account | undefined;
  readonly #holders = new Map<string, Omit<Attachment, "members">[]>();
  readonly #members = new Map<string, number>();

  /** The policies of one page: default versions of managed ones, and the inline ones of every principal. */
  *policiesOf(page: JsonObject, place: Place): Generator<PolicyInput | UnreadableInput> {
    this.isTruncated = page.IsTruncated === true;
    this.#account ??= accountOf(page);
    for (const { list, type, inline } of PRINCIPALS) {
      if (isNoList(page[list])) yield unreadable(place, `has no list in ${list}`);
      for (const [index, principal] of listOf(page[list]).entries()) {
        const at = `${list}[${index}]`;
        if (!isJsonObject(principal) || typeof principal.Arn !== "string") {
          yield unreadable(place, `has no Arn in ${at}`);
          continue;
        }
        this.#remember(principal, principal.Arn, type);
        if (isNoList(principal[inline])) {
          yield unreadable(place, `has no list in ${at}.${inline}`, principal.Arn);
        }
        yield* this.#inlinePolicies(principal.Arn, listOf(principal[inline]), place, `${at}.${inline}`);
      }
    }
    if (isNoList(page.Policies)) yield unreadable(place, "has no list in Policies");
    for (const [index, policy] of listOf(page.Policies).entries()) {
      yield this.#managedPolicy(policy, place, `Policies[${index}]`);
    }
  }

  #remember(principal: JsonObject, arn: string, type: PrincipalType): void {
    const name = arnName(arn);
    for (const attached of listOf(principal.AttachedManagedPolicies)) {
      if (!isJsonObject(attached) || typeof attached.PolicyArn !== "string") continue;
      const holders = this.#holders.get(attached.PolicyArn) ?? [];
      holders.push({ type, name, arn });
      this.#holders.set(attached.PolicyArn, holders);
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
      const cure = "list-policies does not tell documents, get-account-authorization-details does";
      return unreadable(place, `has no PolicyVersionList in ${at}: ${cure}`, arn);
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
      holders: () => this.#holdersOf(arn),
      ...this.#owner(arn),
    };
  }

  #holdersOf(arn: string): readonly Attachment[] {
    return (this.#holders.get(arn) ?? []).map((holder) =>
      holder.type === "group" ? { ...holder, members: this.#members.get(holder.name) ?? 0 } : holder,
    );
  }

  /** The account of an ARN; for AWS's own policies the one that the answer is about. */
  #owner(arn: string): { readonly account?: Account } {
    const account = accountIn(arn) ?? this.#account;
    return account === undefined ? {} : { account };
  }
}

/** The account that a page is about, by the first ARN in it that has one. */
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

/** Something stands where a list of policies belongs, and what it may hold would go unread. */
function isNoList(value: unknown): boolean {
  return value !== undefined && value !== null && !Array.isArray(value);
}

function unreadable(place: Place, problem: string, id: string = place.path): UnreadableInput {
  return { kind: "unreadable", id, place, problem };
}
