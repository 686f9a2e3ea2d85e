import { arnPath } from "@kms-guard/core/aws/arn.ts";
import { flagOf, isCut, isGone, memberOf, textOf } from "@kms-guard/core/events/cloudtrail-record.ts";
import type { PrincipalName, PrincipalType } from "@kms-guard/core/policy/policy.ts";
import { newPrincipal, storeVersion } from "./account-state.ts";
import type { IamModel } from "./iam-model.ts";
import { attach, detach, join, leave, seenPolicy, seenPrincipal } from "./seen.ts";

/** `unknown`: the record does not contain what the call changed. */
export type RecordEffect = "applied" | "ignored" | "unknown";

/**
 * Moves the model forward by one CloudTrail record. Calls that failed, other services' and reads are `ignored`.
 * The record says what happened, so nothing is refused, and what it names exists from then on. One look-up a record.
 */
export function applyRecord(iam: IamModel, event: unknown): RecordEffect {
  const record = memberOf(event, "detail") ?? event;
  if (memberOf(record, "eventSource") !== "iam.amazonaws.com") return "ignored";
  const errorCode = textOf(memberOf(record, "errorCode"));
  if (errorCode !== undefined && errorCode !== "null") return "ignored";
  const change = CHANGES.get(memberOf(record, "eventName"));
  if (change === undefined) return "ignored";
  return change(iam, new RecordedCall(record)) ? "applied" : "unknown";
}

/** The parameters of a recorded call, and IAM's answer. */
class RecordedCall {
  readonly #parameters: unknown;
  readonly #answer: unknown;

  constructor(record: unknown) {
    const parameters = memberOf(record, "requestParameters");
    this.#parameters = isGone(parameters) || isCut(parameters) ? undefined : parameters;
    this.#answer = memberOf(record, "responseElements");
  }

  text(name: string): string | undefined {
    return textOf(memberOf(this.#parameters, name));
  }

  flag(name: string): boolean {
    return flagOf(memberOf(this.#parameters, name)) === true;
  }

  answered(part: string, name: string): string | undefined {
    return textOf(memberOf(memberOf(this.#answer, part), name));
  }

  principal(type: PrincipalType): PrincipalName | undefined {
    const name = this.text(`${type}Name`) ?? this.answered(type, `${type}Name`);
    return name === undefined ? undefined : { type, name };
  }
}

/** Answers false where the record does not say what changed. */
type Change = (iam: IamModel, call: RecordedCall) => boolean;

const CHANGES: ReadonlyMap<unknown, Change> = new Map<unknown, Change>(
  Object.entries<Change>({
    CreatePolicy(iam, call) {
      const name = call.text("policyName");
      const { id, partition } = iam.state.account;
      const arn =
        call.answered("policy", "arn") ??
        (name && `arn:${partition}:iam::${id}:policy${call.text("path") ?? "/"}${name}`);
      if (arn === undefined) return false;
      const policy = seenPolicy(iam, arn);
      const versionId = call.answered("policy", "defaultVersionId") ?? "v1";
      policy.versions.clear();
      storeVersion(policy, versionId, call.text("policyDocument"));
      policy.defaultVersionId = versionId;
      return true;
    },
    CreatePolicyVersion(iam, call) {
      const arn = call.text("policyArn");
      if (arn === undefined) return false;
      const policy = seenPolicy(iam, arn);
      const versionId = call.answered("policyVersion", "versionId") ?? `v${policy.lastVersion + 1}`;
      storeVersion(policy, versionId, call.text("policyDocument"));
      if (call.flag("setAsDefault")) policy.defaultVersionId = versionId;
      return true;
    },
    SetDefaultPolicyVersion(iam, call) {
      const arn = call.text("policyArn");
      const versionId = call.text("versionId");
      if (arn === undefined || versionId === undefined) return false;
      const policy = seenPolicy(iam, arn);
      if (!policy.versions.has(versionId)) storeVersion(policy, versionId, undefined);
      policy.defaultVersionId = versionId;
      return true;
    },
    DeletePolicyVersion(iam, call) {
      const arn = call.text("policyArn");
      const versionId = call.text("versionId");
      if (arn === undefined || versionId === undefined) return false;
      seenPolicy(iam, arn).versions.delete(versionId);
      return true;
    },
    DeletePolicy(iam, call) {
      const arn = call.text("policyArn");
      if (arn === undefined) return false;
      iam.removePolicy(seenPolicy(iam, arn));
      return true;
    },

    ...forEachType("Create*", (type) => (iam, call) => {
      const who = call.principal(type);
      if (who === undefined) return false;
      const before = iam.state.principals[type].get(who.name.toLowerCase());
      // IAM made a new one, so the one that the model has was deleted before the archive began, or in a gap.
      if (before !== undefined) iam.removePrincipal(before);
      const arn = call.answered(type, "arn");
      const id = call.answered(type, `${type}Id`);
      const principal = newPrincipal(
        { ...who, ...(id !== undefined && { id }) },
        arn === undefined ? (call.text("path") ?? "/") : arnPath(arn),
      );
      iam.state.principals[type].set(who.name.toLowerCase(), principal);
      const boundaryArn = call.text("permissionsBoundary");
      if (boundaryArn !== undefined) iam.bound(principal, seenPolicy(iam, boundaryArn));
      return true;
    }),
    ...forEachType("Delete*", (type) => (iam, call) => {
      const who = call.principal(type);
      if (who === undefined) return false;
      iam.removePrincipal(seenPrincipal(iam, who));
      return true;
    }),
    UpdateUser: rename("user"),
    UpdateGroup: rename("group"),

    ...forEachType("Attach*Policy", (type) => (iam, call) => {
      const who = call.principal(type);
      const arn = call.text("policyArn");
      if (who === undefined || arn === undefined) return false;
      attach(seenPrincipal(iam, who), seenPolicy(iam, arn));
      return true;
    }),
    ...forEachType("Detach*Policy", (type) => (iam, call) => {
      const who = call.principal(type);
      const arn = call.text("policyArn");
      if (who === undefined || arn === undefined) return false;
      detach(seenPrincipal(iam, who), seenPolicy(iam, arn));
      return true;
    }),
    ...forEachType("Put*Policy", (type) => (iam, call) => {
      const who = call.principal(type);
      const policyName = call.text("policyName");
      if (who === undefined || policyName === undefined) return false;
      seenPrincipal(iam, who).inline.set(policyName, call.text("policyDocument"));
      return true;
    }),
    ...forEachType("Delete*Policy", (type) => (iam, call) => {
      const who = call.principal(type);
      const policyName = call.text("policyName");
      if (who === undefined || policyName === undefined) return false;
      seenPrincipal(iam, who).inline.delete(policyName);
      return true;
    }),

    AddUserToGroup: membership(join),
    RemoveUserFromGroup: membership(leave),

    ...forEachType("Put*PermissionsBoundary", (type) => (iam, call) => {
      const who = call.principal(type);
      const boundaryArn = call.text("permissionsBoundary");
      if (who === undefined || boundaryArn === undefined) return false;
      iam.bound(seenPrincipal(iam, who), seenPolicy(iam, boundaryArn));
      return true;
    }),
    ...forEachType("Delete*PermissionsBoundary", (type) => (iam, call) => {
      const who = call.principal(type);
      if (who === undefined) return false;
      iam.bound(seenPrincipal(iam, who), undefined);
      return true;
    }),
  }),
);

/** The three calls that IAM has for users, roles and groups: `Attach*Policy`. */
function forEachType(
  eventName: string,
  change: (type: PrincipalType) => Change,
): Readonly<Record<string, Change>> {
  return {
    [eventName.replace("*", "User")]: change("user"),
    [eventName.replace("*", "Role")]: change("role"),
    [eventName.replace("*", "Group")]: change("group"),
  };
}

function rename(type: "user" | "group"): Change {
  return (iam, call) => {
    const who = call.principal(type);
    if (who === undefined) return false;
    seenPrincipal(iam, who);
    const newName = call.text(`new${type === "user" ? "User" : "Group"}Name`) ?? who.name;
    const other = iam.state.principals[type].get(newName.toLowerCase());
    if (other !== undefined && newName.toLowerCase() !== who.name.toLowerCase()) iam.removePrincipal(other);
    iam.renamePrincipal(who, newName, call.text("newPath"));
    return true;
  };
}

function membership(change: typeof join): Change {
  return (iam, call) => {
    const group = call.principal("group");
    const user = call.principal("user");
    if (group === undefined || user === undefined) return false;
    change(seenPrincipal(iam, group), seenPrincipal(iam, user));
    return true;
  };
}
