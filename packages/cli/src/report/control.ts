/** What the guard enforces, in our own words: it claims to be no other catalogue's control. */
export const CONTROL = {
  id: "kms-guard/no-full-kms-access",
  title: "IAM policies do not grant full access to AWS KMS",
  text:
    "No IAM policy of the account, managed or inline, may grant a user, role or group every AWS KMS action (kms:*) on " +
    "every key, in whatever words it does so. A policy that grants it is found when it is made or changed and again by " +
    "the next sweep, is judged with its proof, and is taken away from who holds it, or stands because somebody answers " +
    "for it by name, with a reason and until a date. What was taken away is recorded so that it can be put back.",
  related:
    "AWS Security Hub's KMS.1 and KMS.2 ask another question, about kms:Decrypt and kms:ReEncryptFrom alone. This " +
    "report is no answer to them.",
} as const;
