import { KMS_ACTIONS } from "@kms-guard/core/services/kms.generated.ts";
import { matches } from "./glob.ts";

/** A set of KMS actions: bit n is the nth of the catalogue. */
export type Actions = bigint;

export const ALL: Actions = (1n << BigInt(KMS_ACTIONS.length)) - 1n;

const where = (test: (resources: readonly string[], name: string) => boolean): Actions =>
  KMS_ACTIONS.reduce(
    (set, { resources, name }, n) => (test(resources, name) ? set | (1n << BigInt(n)) : set),
    0n,
  );

const named = (...names: readonly string[]) => where((_, name) => names.includes(name));

/** By what they can be granted on: `*` only, an alias, a key. */
export const STAR_ONLY = where((resources) => resources.length === 0);
export const ALIAS = where((resources) => resources.includes("alias"));
export const ON_KEYS = where((resources) => resources.includes("key"));

export const READ = named("Decrypt", "ReEncryptFrom");
export const HAND_OVER = named("PutKeyPolicy", "CreateGrant");
export const DESTROY = named("ScheduleKeyDeletion", "DisableKey");
export const PUT_KEY_POLICY = named("PutKeyPolicy");
export const CREATE_GRANT = named("CreateGrant");
export const USE = named(
  ...["Decrypt", "Encrypt", "ReEncryptFrom", "ReEncryptTo", "Sign", "GenerateMac", "DeriveSharedSecret"],
  ...["GenerateDataKey", "GenerateDataKeyPair"],
  ...["GenerateDataKeyPairWithoutPlaintext", "GenerateDataKeyWithoutPlaintext"],
);

export const hasAny = (set: Actions, wanted: Actions) => (set & wanted) !== 0n;
export const hasAll = (set: Actions, wanted: Actions) => (set & wanted) === wanted;

const lower = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

const matching = new Map<string, Actions>();

/** The KMS actions that one pattern of an Action element matches; undefined where IAM would refuse the pattern. */
export function actionsMatching(pattern: string): Actions | undefined {
  if (/^\*+$/.test(pattern)) return ALL;
  if (!/^[A-Za-z0-9-]+:[A-Za-z0-9*?]+$/.test(pattern)) return undefined;
  const known = matching.get(pattern);
  if (known !== undefined) return known;
  const set = where((_, name) => matches(lower(pattern), `kms:${lower(name)}`));
  matching.set(pattern, set);
  return set;
}
