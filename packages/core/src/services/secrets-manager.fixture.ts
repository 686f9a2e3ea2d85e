import { type GuardedService, places, type ServiceAction } from "./service.ts";

const LETTERS = "abcdefghijklmnopqrstuvwxyz";
const ALPHANUMERIC = `${LETTERS}${LETTERS.toUpperCase()}0123456789`;

const onSecrets = (accessLevel: string, ...names: readonly string[]): readonly ServiceAction[] =>
  names.map((name) => ({ name, accessLevel, resources: ["Secret"] }));

/**
 * AWS Secrets Manager, as a second service for tests: its ARNs have seven segments, and people name its resources.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
 */
export const SECRETS_MANAGER: GuardedService = {
  prefix: "secretsmanager",
  title: "Secrets Manager",
  actions: [
    { name: "BatchGetSecretValue", accessLevel: "Read", resources: [] },
    { name: "GetRandomPassword", accessLevel: "Read", resources: [] },
    { name: "ListSecrets", accessLevel: "List", resources: [] },
    ...onSecrets("Read", "DescribeSecret", "GetResourcePolicy", "GetSecretValue", "ListSecretVersionIds"),
    ...onSecrets("Write", "CancelRotateSecret", "CreateSecret", "DeleteSecret", "PutSecretValue"),
    ...onSecrets("Write", "RemoveRegionsFromReplication", "ReplicateSecretToRegions", "RestoreSecret"),
    ...onSecrets("Write", "RotateSecret", "StopReplicationToReplica", "UpdateSecret"),
    ...onSecrets("Write", "UpdateSecretVersionStage"),
    ...onSecrets("Permissions management", "DeleteResourcePolicy", "PutResourcePolicy"),
    ...onSecrets("Permissions management", "ValidateResourcePolicy"),
    ...onSecrets("Tagging", "TagResource", "UntagResource"),
  ],
  powers: [
    { name: "read", actions: ["GetSecretValue"] },
    { name: "hand over", actions: ["PutResourcePolicy"] },
    { name: "destroy", actions: ["DeleteSecret"] },
  ],
  selfGrant: { by: ["PutResourcePolicy"], beside: ["GetSecretValue", "PutSecretValue"] },
  escalations: [
    {
      needs: [["PutResourcePolicy"]],
      severity: "HIGH",
      how: "can give itself and others every right on them by their resource policies",
    },
  ],
  resource: {
    type: "Secret",
    one: "secret",
    many: "secrets",
    prefix: "secret:",
    name: /^[\w/+=.@-]+$/,
    isNamedByPeople: true,
    // Another account's secret takes its resource policy and a key of its own that is shared.
    isShared: false,
    // A name, and six characters that AWS adds.
    shapes: [[..."q7XzR0vKw3_any-secret/u5Nd-", ...places(6, ALPHANUMERIC)]],
  },
  otherResources: [],
  longestArn: 600,
  conditionKeys: {
    keys: {
      "secretsmanager:resourcetag/": {
        role: "resource",
        usual: { absent: true, present: ["*"] },
        madeBy: { present: ["TagResource"], absent: ["UntagResource"] },
      },
    },
    callerAccount: [],
  },
  aftermath: { what: "resource policies of secrets", eventNames: ["PutResourcePolicy", "DeleteSecret"] },
};
