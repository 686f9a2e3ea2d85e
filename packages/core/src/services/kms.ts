import type { GuardedService } from "./guarded-service.ts";
import { KMS_ACTIONS } from "./kms-catalogue.ts";

/** AWS Key Management Service. */
export const KMS: GuardedService = {
  prefix: "kms",
  title: "AWS KMS",
  actions: KMS_ACTIONS,
  core: ["Decrypt", "ReEncryptFrom", "CreateGrant", "PutKeyPolicy", "ScheduleKeyDeletion", "DisableKey"],
  why: "Whoever holds all of KMS can read, hand over or destroy everything that is encrypted in the account.",
};
