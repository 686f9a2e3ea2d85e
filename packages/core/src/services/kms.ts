import { CATALOGUE_DATE, KMS_ACTIONS, KMS_CONDITION_KEYS } from "./kms.generated.ts";
import { type GuardedResource, type GuardedService, places, type ResourceType } from "./service.ts";

const HEX = "0123456789abcdef";
const hex = (length: number) => places(length, HEX);

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html */
const KEY: GuardedResource = {
  type: "key",
  one: "key",
  many: "keys",
  prefix: "key/",
  name: /^[A-Za-z0-9-]+$/,
  isNamedByPeople: false,
  isShared: true,
  // A UUID, or the id of a multi-Region key.
  shapes: [
    [...hex(8), "-", ...hex(4), "-", ...hex(4), "-", ...hex(4), "-", ...hex(12)],
    [..."mrk-", ...hex(32)],
  ],
};

const ALIAS: ResourceType = {
  type: "alias",
  prefix: "alias/",
  shapes: [[..."q7XzR0vKw3_any-alias/u5Nd"]],
};

/** AWS Key Management Service. */
export const KMS: GuardedService = {
  prefix: "kms",
  title: "KMS",
  dataDate: CATALOGUE_DATE,
  actions: KMS_ACTIONS,
  core: ["Decrypt", "ReEncryptFrom", "CreateGrant", "PutKeyPolicy", "ScheduleKeyDeletion", "DisableKey"],
  resource: KEY,
  otherResources: [ALIAS],
  // An alias has up to 256 characters.
  longestArn: 310,
  conditionKeys: {
    known: KMS_CONDITION_KEYS,
    absentFromDirectCalls: [
      ...["kms:encryptioncontext:", "kms:encryptioncontextkeys"],
      ...["kms:recipientattestation:", "kms:viaservice"],
    ],
    callerAccount: ["kms:calleraccount"],
  },
  // KMS decides on these by themselves, without the IAM policy under which they were made.
  // https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
  aftermath: {
    what: "KMS grants and key policies",
    eventNames: ["CreateGrant", "PutKeyPolicy", "ScheduleKeyDeletion"],
  },
};
