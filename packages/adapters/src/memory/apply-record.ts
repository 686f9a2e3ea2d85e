import { arnPath } from "@kms-guard/core/aws/arn.ts";
import { flagOf, isCut, isGone, memberOf, textOf } from "@kms-guard/core/events/cloudtrail-record.ts";
import type { PrincipalName, PrincipalType } from "@kms-guard/core/policy/policy.ts";
import { newPrincipal, storeVersion } from "./account-state.ts";
import type { IamModel } from "./iam-model.ts";
import { attach, detach, join, leave, seenPolicy, seenPrincipal } from "./seen.ts";

/** `unknown`: the call changed something that the record does not tell. */
export type RecordEffect = "applied" | "ignored" | "unknown";

/**
 * Moves the model forward by one CloudTrail record. Calls that failed, other services' and reads are `ignored`.
 * The record says what happened, so nothing is refused, and what it names is there from then on. One look-up a record.
 */
export function applyRecord(iam: IamModel, event: unknown): RecordEffect {
  const record = memberOf(event, "detail") ?? event;
  if (memberOf(record, "eventSource") !== "iam.amazonaws.com") return "ignored";
  const errorCode = textOf(memberOf(record, "errorCode"));
  if (errorCode !== undefined && errorCode !== "null") return "ignored";
  const change = CHANGES.get(memberOf(record, "eventName"));
  if (change === undefined) return "ignored";
  return change(iam, new Told(record)) ? "applied" : "unknown";
}

/** What a record tells: texts of its parameters, and of its answer. */
class Told {
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

/** Answers false where the record does not tell enough. */
type Change = (iam: IamModel, told: Told) => boolean;

const CHANGES: ReadonlyMap<unknown, Change> = new Map<unknown, Change>(
  Object.entries<Change>({
    CreatePolicy(iam, told) {
      const name = told.text("policyName");
      const { id, partition } = iam.state.account;
      const arn =
        told.answered("policy", "arn") ??
        (name && `arn:${partition}:iam::${id}:policy${told.text("path") ?? "/"}${name}`);
      if (arn === undefined) return false;
      const policy = seenPolicy(iam, arn);
      const versionId = told.answered("policy", "defaultVersionId") ?? "v1";
      policy.versions.clear();
      storeVersion(policy, versionId, told.text("policyDocument"));
      policy.defaultVersionId = versionId;
      return true;
    },
    CreatePolicyVersion(iam, told) {
      const arn = told.text("policyArn");
      if (arn === undefined) return false;
      const policy = seenPolicy(iam, arn);
      const versionId = told.answered("policyVersion", "versionId") ?? `v${policy.lastVersion + 1}`;
      storeVersion(policy, versionId, told.text("policyDocument"));
      if (told.flag("setAsDefault")) policy.defaultVersionId = versionId;
      return true;
    },
    SetDefaultPolicyVersion(iam, told) {
      const arn = told.text("policyArn");
      const versionId = told.text("versionId");
      if (arn === undefined || versionId === undefined) return false;
      const policy = seenPolicy(iam, arn);
      if (!policy.versions.has(versionId)) storeVersion(policy, versionId, undefined);
      policy.defaultVersionId = versionId;
      return true;
    },
    DeletePolicyVersion(iam, told) {
      const arn = told.text("policyArn");
      const versionId = told.text("versionId");
      if (arn === undefined || versionId === undefined) return false;
      seenPolicy(iam, arn).versions.delete(versionId);
      return true;
    },
    DeletePolicy(iam, told) {
      const arn = told.text("policyArn");
      if (arn === undefined) return false;
      iam.removePolicy(seenPolicy(iam, arn));
      return true;
    },

    ...forEachType("Create*", (type) => (iam, told) => {
      const who = told.principal(type);
      if (who === undefined) return false;
      const before = iam.state.principals[type].get(who.name.toLowerCase());
      // IAM made a new one, so the one that the model has was deleted before the archive began, or in a gap.
      if (before !== undefined) iam.removePrincipal(before);
      const arn = told.answered(type, "arn");
      const id = told.answered(type, `${type}Id`);
      const principal = newPrincipal(
        { ...who, ...(id !== undefined && { id }) },
        arn === undefined ? (told.text("path") ?? "/") : arnPath(arn),
      );
      iam.state.principals[type].set(who.name.toLowerCase(), principal);
      const boundaryArn = told.text("permissionsBoundary");
      if (boundaryArn !== undefined) iam.bound(principal, seenPolicy(iam, boundaryArn));
      return true;
    }),
    ...forEachType("Delete*", (type) => (iam, told) => {
      const who = told.principal(type);
      if (who === undefined) return false;
      iam.removePrincipal(seenPrincipal(iam, who));
      return true;
    }),
    UpdateUser: rename("user"),
    UpdateGroup: rename("group"),

    ...forEachType("Attach*Policy", (type) => (iam, told) => {
      const who = told.principal(type);
      const arn = told.text("policyArn");
      if (who === undefined || arn === undefined) return false;
      attach(seenPrincipal(iam, who), seenPolicy(iam, arn));
      return true;
    }),
    ...forEachType("Detach*Policy", (type) => (iam, told) => {
      const who = told.principal(type);
      const arn = told.text("policyArn");
      if (who === undefined || arn === undefined) return false;
      detach(seenPrincipal(iam, who), seenPolicy(iam, arn));
      return true;
    }),
    ...forEachType("Put*Policy", (type) => (iam, told) => {
      const who = told.principal(type);
      const policyName = told.text("policyName");
      if (who === undefined || policyName === undefined) return false;
      seenPrincipal(iam, who).inline.set(policyName, told.text("policyDocument"));
      return true;
    }),
    ...forEachType("Delete*Policy", (type) => (iam, told) => {
      const who = told.principal(type);
      const policyName = told.text("policyName");
      if (who === undefined || policyName === undefined) return false;
      seenPrincipal(iam, who).inline.delete(policyName);
      return true;
    }),

    AddUserToGroup: membership(join),
    RemoveUserFromGroup: membership(leave),

    ...forEachType("Put*PermissionsBoundary", (type) => (iam, told) => {
      const who = told.principal(type);
      const boundaryArn = told.text("permissionsBoundary");
      if (who === undefined || boundaryArn === undefined) return false;
      iam.bound(seenPrincipal(iam, who), seenPolicy(iam, boundaryArn));
      return true;
    }),
    ...forEachType("Delete*PermissionsBoundary", (type) => (iam, told) => {
      const who = told.principal(type);
      if (who === undefined) return false;
      iam.bound(seenPrincipal(iam, who), undefined);
      return true;
    }),
  }),
);

/** The three calls that IAM has for users, roles and groups: `Attach*Policy`. */
function forEachType(
  call: string,
  change: (type: PrincipalType) => Change,
): Readonly<Record<string, Change>> {
  return {
    [call.replace("*", "User")]: change("user"),
    [call.replace("*", "Role")]: change("role"),
    [call.replace("*", "Group")]: change("group"),
  };
}

function rename(type: "user" | "group"): Change {
  return (iam, told) => {
    const who = told.principal(type);
    if (who === undefined) return false;
    seenPrincipal(iam, who);
    const newName = told.text(`new${type === "user" ? "User" : "Group"}Name`) ?? who.name;
    const other = iam.state.principals[type].get(newName.toLowerCase());
    if (other !== undefined && newName.toLowerCase() !== who.name.toLowerCase()) iam.removePrincipal(other);
    iam.renamePrincipal(who, newName, told.text("newPath"));
    return true;
  };
}

function membership(change: typeof join): Change {
  return (iam, told) => {
    const group = told.principal("group");
    const user = told.principal("user");
    if (group === undefined || user === undefined) return false;
    change(seenPrincipal(iam, group), seenPrincipal(iam, user));
    return true;
  };
}
