/** The control that the guard enforces. It does not claim to be a control of another catalogue. */
export const CONTROL = {
  id: "kms-guard/no-full-kms-access",
  title: "IAM policies do not grant full access to AWS KMS",
  text:
    "No IAM policy in the account, managed or inline, may grant a user, role or group every AWS KMS action (kms:*) on " +
    "every key, however it is written. A policy that does is found when it is created or changed, and again by the next " +
    "sweep. It is reported with its proof, and then removed from its principals, or exempted: an exemption has an owner, " +
    "a reason and an end. What was removed is recorded, so that it can be restored.",
  related:
    "AWS Security Hub's KMS.1 and KMS.2 are different controls, about kms:Decrypt and kms:ReEncryptFrom only. This " +
    "report does not cover them.",
} as const;
