import { KMS_ACTIONS } from "./kms.generated.ts";
import {
  type ConditionKey,
  type GuardedResource,
  type GuardedService,
  places,
  type ResourceType,
} from "./service.ts";

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

const absentFromDirectCalls: ConditionKey = {
  role: "given",
  usual: { absent: true },
  other: { present: ["*"] },
};

/** A property of a key, with its value where nobody chose another one. */
function keyProperty(usual: string | undefined, others: readonly string[] = ["*"]): ConditionKey {
  const other = { absent: true, present: others };
  return usual === undefined
    ? { role: "resource", type: "text", usual: { absent: true }, other: { present: others } }
    : { role: "resource", type: "text", usual: { present: [usual] }, other };
}

const ofAliases: ConditionKey = {
  role: "resource",
  type: "text",
  usual: { absent: true, present: ["*"] },
  madeBy: { present: ["CreateAlias", "UpdateAlias"], absent: ["DeleteAlias", "UpdateAlias"] },
};

const parameter = (type: ConditionKey["type"] & string, isMultiValued = false): ConditionKey => ({
  role: "given",
  type,
  usual: { absent: true, present: ["*"] },
  isMultiValued,
});

const flag: ConditionKey = {
  role: "given",
  type: "text",
  usual: { absent: true, present: ["true", "false"] },
};

/** https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html */
const CONDITION_KEYS: Readonly<Record<string, ConditionKey>> = {
  "kms:bypasspolicylockoutsafetycheck": flag,
  "kms:calleraccount": { role: "given", type: "text", usual: { present: ["${account}"] } },
  "kms:customermasterkeyspec": keyProperty("SYMMETRIC_DEFAULT"),
  "kms:customermasterkeyusage": keyProperty("ENCRYPT_DECRYPT"),
  "kms:encryptioncontextkeys": parameter("text", true),
  // True where a service of AWS calls for the principal; calls other than those on grants lack it.
  "kms:grantisforawsresource": {
    role: "given",
    type: "text",
    usual: { absent: true, present: ["false"] },
    other: { present: ["true"] },
  },
  "kms:grantoperations": parameter("text", true),
  "kms:keyorigin": keyProperty("AWS_KMS"),
  "kms:keyspec": keyProperty("SYMMETRIC_DEFAULT"),
  "kms:keyusage": keyProperty("ENCRYPT_DECRYPT"),
  "kms:multiregion": keyProperty("false", ["true"]),
  "kms:multiregionkeytype": keyProperty(undefined, ["PRIMARY", "REPLICA"]),
  "kms:primaryregion": keyProperty(undefined),
  "kms:recipientattestation:": absentFromDirectCalls,
  "kms:reencryptonsamekey": flag,
  "kms:requestalias": ofAliases,
  "kms:resourcealiases": { ...ofAliases, isMultiValued: true },
  "kms:rotationperiodindays": parameter("number"),
  "kms:schedulekeydeletionpendingwindowindays": parameter("number"),
  "kms:validto": parameter("date"),
  "kms:viaservice": absentFromDirectCalls,
};

/** AWS Key Management Service. */
export const KMS: GuardedService = {
  prefix: "kms",
  title: "KMS",
  actions: KMS_ACTIONS,
  powers: [
    { name: "read", actions: ["Decrypt", "ReEncryptFrom"] },
    { name: "hand over", actions: ["PutKeyPolicy", "CreateGrant"] },
    { name: "destroy", actions: ["ScheduleKeyDeletion", "DisableKey"] },
  ],
  // A key policy alone may allow what an identity policy does not; a user of the keys has a reason to.
  // https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
  selfGrant: {
    by: ["PutKeyPolicy"],
    beside: [
      ...["Decrypt", "DeriveSharedSecret", "Encrypt", "GenerateDataKey", "GenerateDataKeyPair"],
      ...["GenerateDataKeyPairWithoutPlaintext", "GenerateDataKeyWithoutPlaintext", "GenerateMac"],
      ...["ReEncryptFrom", "ReEncryptTo", "Sign"],
    ],
  },
  escalations: [
    {
      needs: [["PutKeyPolicy"]],
      severity: "HIGH",
      how: "can give itself and others every right on them, in their key policies",
    },
    {
      needs: [["CreateGrant"], ["Decrypt", "ReEncryptFrom"]],
      severity: "MEDIUM",
      how: "can read what they protect, and let others read it, by grants",
    },
  ],
  resource: KEY,
  otherResources: [ALIAS],
  // An alias has up to 256 characters.
  longestArn: 310,
  conditionKeys: {
    keys: CONDITION_KEYS,
    callerAccount: ["kms:calleraccount"],
  },
  // KMS decides on these by themselves, without the IAM policy under which they were made.
  // https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
  aftermath: {
    what: "KMS grants and key policies",
    eventNames: ["CreateGrant", "PutKeyPolicy", "ScheduleKeyDeletion"],
  },
};
