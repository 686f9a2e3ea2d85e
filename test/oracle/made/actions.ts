import fc from "fast-check";
import type { WrittenStatement } from "../statements.ts";
import { mix, pick, some } from "./arbitraries.ts";

const POWERS = [
  ...["Decrypt", "ReEncryptFrom", "CreateGrant", "PutKeyPolicy", "ScheduleKeyDeletion", "DisableKey"],
].map((name) => `kms:${name}`);
const OTHERS = [
  ...["Encrypt", "ReEncryptTo", "Sign", "GenerateMac", "GenerateDataKeyWithoutPlaintext"],
  ...[
    "DeriveSharedSecret",
    "Verify",
    "CreateKey",
    "ListAliases",
    "UpdateAlias",
    "TagResource",
    "RevokeGrant",
  ],
].map((name) => `kms:${name}`);
const PARTLY = [
  ...["kms:*Key*", "kms:Re*", "kms:*crypt*", "kms:Put*", "kms:*Grant", "kms:List*", "kms:?????*"],
  ...["kms:Generate*", "kms:Disable*", "kms:*Alias*", "KMS:de*", "kms:*e*", "kms:S*", "kms:*Policy"],
];
const INITIALS = [..."CDEGILPRSTUV"].map((initial) => `kms:${initial}*`);
type Written = string | readonly string[];
const everyAction = pick<Written>(
  [12, "kms:*"],
  [4, "*"],
  [1, "kms:**"],
  [1, "KMS:?*"],
  [1, "kms:????*"],
  [1, INITIALS],
);
const fewActions: fc.Arbitrary<Written> = mix<Written>(
  [4, fc.constantFrom(...POWERS)],
  [4, some(POWERS, 2, 4)],
  [2, some(POWERS, 3, 6)],
  [2, fc.tuple(some(POWERS, 1, 2), some(OTHERS, 1, 3)).map(([powers, others]) => [...powers, ...others])],
  [2, fc.constantFrom(...OTHERS, ...PARTLY)],
  [1, some(PARTLY, 2, 5)],
  [1, some(INITIALS, 9, 12)],
  [1, fc.constantFrom("s3:*", "iam:Get*", "kms:Decrpyt")],
);
const exceptActions: fc.Arbitrary<Written> = mix<Written>(
  [4, fc.constantFrom(...POWERS)],
  [2, some(POWERS, 2, 3)],
  [2, fc.constantFrom("kms:List*", "iam:*", "kms:Verify", "kms:*Alias", ...PARTLY)],
  [1, fc.constant(["iam:*", "organizations:*"])],
);
/** With every action so often beside ten times only some and twice all but some. */
export const actions = (all: number) =>
  mix<Pick<WrittenStatement, "Action" | "NotAction">>(
    [all, everyAction.map((Action) => ({ Action }))],
    [10, fewActions.map((Action) => ({ Action }))],
    [2, exceptActions.map((NotAction) => ({ NotAction }))],
  );
