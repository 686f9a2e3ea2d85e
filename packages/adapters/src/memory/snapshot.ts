import type { PrincipalType } from "@kms-guard/core/policy/policy.ts";
import type { AccountState, PrincipalState } from "./account-state.ts";

/** An account as plain, ordered values: two accounts are the same where their snapshots are. */
export interface AccountSnapshot {
  readonly principals: Readonly<Record<PrincipalType, readonly PrincipalSnapshot[]>>;
  readonly policies: readonly {
    readonly arn: string;
    readonly defaultVersionId: string | null;
    /** Texts by version id; null where the text is not known. */
    readonly versions: Readonly<Record<string, string | null>>;
  }[];
}

export interface PrincipalSnapshot {
  readonly name: string;
  readonly path: string | null;
  readonly attached: readonly string[];
  readonly inline: Readonly<Record<string, string | null>>;
  readonly boundary: string | null;
  /** A group's users, or a user's groups. */
  readonly membership: readonly string[];
}

export function snapshotOf(state: AccountState): AccountSnapshot {
  const { user, role, group } = state.principals;
  return {
    principals: { user: principals(user), role: principals(role), group: principals(group) },
    policies: [...state.policies.values()]
      .map(({ arn, defaultVersionId, versions }) => ({
        arn,
        defaultVersionId: defaultVersionId ?? null,
        versions: texts(versions),
      }))
      .toSorted((one, other) => compare(one.arn, other.arn)),
  };
}

function principals(named: ReadonlyMap<string, PrincipalState>): readonly PrincipalSnapshot[] {
  return [...named.values()]
    .map(({ name, path, attached, inline, boundary, membership }) => ({
      name,
      path: path ?? null,
      attached: [...attached].map(({ arn }) => arn).toSorted(compare),
      inline: texts(inline),
      boundary: boundary?.arn ?? null,
      membership: [...membership].map((other) => other.name).toSorted(compare),
    }))
    .toSorted((one, other) => compare(one.name, other.name));
}

function texts(named: ReadonlyMap<string, string | undefined>): Readonly<Record<string, string | null>> {
  const sorted = [...named].toSorted(([one], [other]) => compare(one, other));
  return Object.fromEntries(sorted.map(([name, text]) => [name, text ?? null]));
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
