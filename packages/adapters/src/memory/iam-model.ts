import type { Account, PrincipalName, PrincipalType } from "@kms-guard/core/policy/policy.ts";
import {
  type AccountState,
  emptyState,
  newPolicy,
  newPrincipal,
  type PolicyState,
  type PrincipalState,
  storeVersion,
} from "./account-state.ts";
import { AWS_MANAGED_POLICIES } from "./aws-managed-policies.ts";
import { IamError } from "./iam-error.ts";

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const MOST_ATTACHED = 10;
const MOST_VERSIONS = 5;

/**
 * IAM as far as policies go: users, roles, groups, managed policies with versions, inline policies, boundaries. Its
 * methods are IAM's calls, and refuse with an `IamError` what IAM refuses. One look-up a call, whatever the account's
 * size. https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html
 */
export class IamModel {
  readonly state: AccountState;
  /** How many principals were ever created: no unique id is given twice. */
  #created = 0;

  constructor(account: Account) {
    this.state = emptyState(account);
    for (const [name, document] of Object.entries(AWS_MANAGED_POLICIES)) {
      const policy = newPolicy(`arn:${account.partition}:iam::aws:policy/${name}`);
      storeVersion(policy, "v1", document);
      policy.defaultVersionId = "v1";
      this.state.policies.set(policy.arn.toLowerCase(), policy);
    }
  }

  createUser(name: string, options: { path?: string; boundaryArn?: string } = {}): void {
    this.#create({ type: "user", name }, options);
  }

  createRole(name: string, options: { path?: string; boundaryArn?: string } = {}): void {
    this.#create({ type: "role", name }, options);
  }

  createGroup(name: string, options: { path?: string } = {}): void {
    this.#create({ type: "group", name }, options);
  }

  /** DeleteUser, DeleteRole or DeleteGroup: refused while anything hangs on it. */
  deletePrincipal(who: PrincipalName): void {
    const principal = this.principal(who);
    refuseProtected(principal);
    if (principal.attached.size + principal.inline.size + principal.membership.size > 0) {
      throw new IamError("DeleteConflict", "Cannot delete entity, must detach all policies first.");
    }
    this.removePrincipal(principal);
  }

  /** UpdateUser or UpdateGroup. */
  renamePrincipal(who: PrincipalName, newName: string, newPath?: string): void {
    const principal = this.principal(who);
    const named = this.state.principals[who.type];
    const other = named.get(newName.toLowerCase());
    if (other !== undefined && other !== principal) {
      throw new IamError("EntityAlreadyExists", `${who.type} with name ${newName} already exists.`);
    }
    named.delete(principal.name.toLowerCase());
    principal.name = newName;
    if (newPath !== undefined) principal.path = newPath;
    named.set(newName.toLowerCase(), principal);
  }

  addUserToGroup(groupName: string, userName: string): void {
    const group = this.principal({ type: "group", name: groupName });
    const user = this.principal({ type: "user", name: userName });
    group.membership.add(user);
    user.membership.add(group);
  }

  removeUserFromGroup(groupName: string, userName: string): void {
    const group = this.principal({ type: "group", name: groupName });
    const user = this.principal({ type: "user", name: userName });
    if (!group.membership.delete(user)) throw noSuch(`User ${userName} in group ${groupName}`);
    user.membership.delete(group);
  }

  /** Answers the new policy's ARN. */
  createPolicy(name: string, document: string, { path = "/" }: { path?: string } = {}): string {
    const { account, policies } = this.state;
    const arn = `arn:${account.partition}:iam::${account.id}:policy${path}${name}`;
    const isTaken = [...policies.values()].some(
      (policy) => policy.kind === "managed" && policy.name.toLowerCase() === name.toLowerCase(),
    );
    if (isTaken) throw new IamError("EntityAlreadyExists", `A policy called ${name} already exists.`);
    const policy = newPolicy(arn);
    storeVersion(policy, "v1", document);
    policy.defaultVersionId = "v1";
    policies.set(arn.toLowerCase(), policy);
    return arn;
  }

  deletePolicy(arn: string): void {
    const policy = this.policy(arn);
    if (policy.attachedTo.size + policy.boundaryOf.size > 0 || policy.versions.size > 1) {
      throw new IamError("DeleteConflict", "Cannot delete a policy attached to entities, or with versions.");
    }
    this.removePolicy(policy);
  }

  /** Answers the new version's id. */
  createPolicyVersion(arn: string, document: string, setAsDefault = false): string {
    const policy = this.policy(arn);
    if (policy.versions.size >= MOST_VERSIONS) {
      throw new IamError("LimitExceeded", `Policy ${arn} already has ${MOST_VERSIONS} versions.`);
    }
    const versionId = `v${policy.lastVersion + 1}`;
    storeVersion(policy, versionId, document);
    if (setAsDefault) policy.defaultVersionId = versionId;
    return versionId;
  }

  setDefaultPolicyVersion(arn: string, versionId: string): void {
    const policy = this.policy(arn);
    if (!policy.versions.has(versionId)) throw noSuch(`Policy ${arn} version ${versionId}`);
    policy.defaultVersionId = versionId;
  }

  deletePolicyVersion(arn: string, versionId: string): void {
    const policy = this.policy(arn);
    if (!policy.versions.has(versionId)) throw noSuch(`Policy ${arn} version ${versionId}`);
    if (policy.defaultVersionId === versionId) {
      throw new IamError("DeleteConflict", "Cannot delete the default version of a policy.");
    }
    policy.versions.delete(versionId);
  }

  /** Attaching what is attached is no error. */
  attachPolicy(who: PrincipalName, arn: string): void {
    const principal = this.principal(who);
    const policy = this.policy(arn);
    refuseProtected(principal);
    if (!principal.attached.has(policy) && principal.attached.size >= MOST_ATTACHED) {
      throw new IamError("LimitExceeded", `Cannot exceed quota for PoliciesPerPrincipal: ${MOST_ATTACHED}`);
    }
    principal.attached.add(policy);
    policy.attachedTo.add(principal);
  }

  detachPolicy(who: PrincipalName, arn: string): void {
    const principal = this.principal(who);
    refuseProtected(principal);
    const policy = this.policy(arn);
    if (!principal.attached.delete(policy)) throw noSuch(`Policy ${arn}`);
    policy.attachedTo.delete(principal);
  }

  /** Overwrites an inline policy of that name. */
  putInlinePolicy(who: PrincipalName, policyName: string, document: string): void {
    const principal = this.principal(who);
    refuseProtected(principal);
    principal.inline.set(policyName, document);
  }

  deleteInlinePolicy(who: PrincipalName, policyName: string): void {
    const principal = this.principal(who);
    refuseProtected(principal);
    if (!principal.inline.delete(policyName)) throw noSuch(`The ${who.type} policy with name ${policyName}`);
  }

  putPermissionsBoundary(who: PrincipalName, arn: string): void {
    const principal = this.principal(who);
    refuseProtected(principal);
    this.bound(principal, this.policy(arn));
  }

  deletePermissionsBoundary(who: PrincipalName): void {
    const principal = this.principal(who);
    refuseProtected(principal);
    this.bound(principal, undefined);
  }

  principal({ type, name }: PrincipalName): PrincipalState {
    const principal = this.state.principals[type].get(name.toLowerCase());
    if (principal === undefined) throw noSuch(`The ${type} with name ${name}`);
    return principal;
  }

  policy(arn: string): PolicyState {
    const policy = this.state.policies.get(arn.toLowerCase());
    if (policy === undefined) throw noSuch(`Policy ${arn}`);
    return policy;
  }

  /** Takes a principal out with all its ties, whatever hangs on it. */
  removePrincipal(principal: PrincipalState): void {
    for (const policy of principal.attached) policy.attachedTo.delete(principal);
    for (const other of principal.membership) other.membership.delete(principal);
    this.bound(principal, undefined);
    this.state.principals[principal.type].delete(principal.name.toLowerCase());
  }

  /** Takes a policy out with all its ties. */
  removePolicy(policy: PolicyState): void {
    for (const principal of policy.attachedTo) principal.attached.delete(policy);
    for (const bounded of policy.boundaryOf) bounded.boundary = undefined;
    this.state.policies.delete(policy.arn.toLowerCase());
  }

  bound(principal: PrincipalState, policy: PolicyState | undefined): void {
    principal.boundary?.boundaryOf.delete(principal);
    principal.boundary = policy;
    policy?.boundaryOf.add(principal);
  }

  #create(who: PrincipalName, { path = "/", boundaryArn }: { path?: string; boundaryArn?: string }): void {
    const named = this.state.principals[who.type];
    if (named.has(who.name.toLowerCase())) {
      throw new IamError("EntityAlreadyExists", `${who.type} with name ${who.name} already exists.`);
    }
    this.#created += 1;
    const id = `${ID_PREFIXES[who.type]}${String(this.#created).padStart(17, "0")}`;
    const principal = newPrincipal({ ...who, id }, path);
    if (boundaryArn !== undefined) this.bound(principal, this.policy(boundaryArn));
    named.set(who.name.toLowerCase(), principal);
  }
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes */
const ID_PREFIXES: Readonly<Record<PrincipalType, string>> = { user: "AIDA", role: "AROA", group: "AGPA" };

function noSuch(what: string): IamError {
  return new IamError("NoSuchEntity", `${what} cannot be found.`);
}

/** Roles that AWS made for its services and for IAM Identity Center. */
function refuseProtected({ type, path, name }: PrincipalState): void {
  if (type !== "role" || !/^\/aws-(?:service-role|reserved)\//.test(path ?? "")) return;
  throw new IamError(
    "UnmodifiableEntity",
    `Cannot perform the operation on the protected role '${name}' - this role is only modifiable by AWS`,
  );
}
