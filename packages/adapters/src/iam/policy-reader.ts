import { managedPolicyKind } from "@kms-guard/core/aws/arn.ts";
import type { InlinePolicy, PrincipalName } from "@kms-guard/core/policy/policy.ts";
import type { AccountPolicy, ManagedPolicyText, PolicyReader } from "@kms-guard/guard/ports.ts";
import { collectAccountDetails } from "./account-details.ts";
import type { Iam, IamConnection } from "./connection.ts";
import { documentText } from "./document-text.ts";
import { policyUses } from "./policy-uses.ts";
import { principalDetails } from "./principal-details.ts";
import { attachedPolicyArns, inlinePolicyNames, inlinePolicyText, PAGE_SIZE } from "./principal-policies.ts";
import { everyPage, ifThere, promised } from "./reading.ts";

/** Documents make these answers large; IAM's default of 100 makes a big account slow. */
const DETAILS_PAGE_SIZE = 500;

/** How often a policy may change its default version under the reading of it. */
const MOVING_TARGET_TRIES = 3;

/** Reads policies from IAM itself. Throws what IAM refuses, but for NoSuchEntity, which is `undefined`. */
export function createPolicyReader(connection: IamConnection): PolicyReader {
  return {
    managedPolicy: async (arn) => managedPolicy(await connection(), arn),
    policyVersion: async (arn, versionId) => policyVersion(await connection(), arn, versionId),
    policyVersionIds: async (arn) => policyVersionIds(await connection(), arn),
    policyAttachments: async (arn) => policyUses(await connection(), arn),
    inlinePolicy: async (principal, policyName) => inlinePolicy(await connection(), principal, policyName),
    policiesOf: async (principal) => policiesOf(await connection(), principal),
    principalDetails: async (principal) => principalDetails(await connection(), principal),
    async *accountPolicies(isOfInterest) {
      yield* accountPolicies(await connection(), isOfInterest);
    },
  };
}

async function managedPolicy(iam: Iam, arn: string): Promise<ManagedPolicyText | undefined> {
  const { client, sdk } = iam;
  for (let attempt = 1; attempt <= MOVING_TARGET_TRIES; attempt += 1) {
    const answer = await ifThere(
      `GetPolicy of \`${arn}\``,
      client.send(new sdk.GetPolicyCommand({ PolicyArn: arn })),
    );
    if (answer === undefined) return undefined;
    const policy = promised(answer.Policy, "Policy");
    const versionId = promised(policy.DefaultVersionId, "Policy.DefaultVersionId");
    const document = await policyVersion(iam, arn, versionId);
    // Where the version is gone, another one has become the default since: the policy may still be there.
    if (document === undefined) continue;
    return {
      kind: managedPolicyKind(arn),
      arn: policy.Arn ?? arn,
      name: promised(policy.PolicyName, "Policy.PolicyName"),
      versionId,
      document,
    };
  }
  throw new Error(`the default version of \`${arn}\` changed ${MOVING_TARGET_TRIES} times while it was read`);
}

async function policyVersion(
  { client, sdk }: Iam,
  arn: string,
  versionId: string,
): Promise<string | undefined> {
  const answer = await ifThere(
    `GetPolicyVersion ${versionId} of \`${arn}\``,
    client.send(new sdk.GetPolicyVersionCommand({ PolicyArn: arn, VersionId: versionId })),
  );
  return answer && documentText(promised(answer.PolicyVersion?.Document, "PolicyVersion.Document"));
}

async function policyVersionIds({ client, sdk }: Iam, arn: string): Promise<readonly string[] | undefined> {
  const pages = sdk.paginateListPolicyVersions({ client, pageSize: PAGE_SIZE }, { PolicyArn: arn });
  const versions = await everyPage(`ListPolicyVersions of \`${arn}\``, pages, (page) => page.Versions);
  return versions
    ?.map(({ VersionId }) => promised(VersionId, "Versions.VersionId"))
    .sort((one, other) => versionNumber(other) - versionNumber(one));
}

/** 12 for `v12`. IAM counts up and never gives a number twice. */
function versionNumber(versionId: string): number {
  return Number.parseInt(versionId.slice(1), 10);
}

async function inlinePolicy(
  iam: Iam,
  principal: PrincipalName,
  name: string,
): Promise<InlinePolicy | undefined> {
  const document = await inlinePolicyText(iam, principal, name);
  return document === undefined ? undefined : { kind: "inline", name, principal, document };
}

async function policiesOf(
  iam: Iam,
  principal: PrincipalName,
): Promise<{ managedArns: readonly string[]; inline: readonly InlinePolicy[] } | undefined> {
  const [managedArns, names] = await Promise.all([
    attachedPolicyArns(iam, principal),
    inlinePolicyNames(iam, principal),
  ]);
  if (managedArns === undefined || names === undefined) return undefined;
  const inline = await Promise.all(names.map((name) => inlinePolicy(iam, principal, name)));
  return { managedArns, inline: inline.filter((policy) => policy !== undefined) };
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html */
async function* accountPolicies(
  iam: Iam,
  isOfInterest?: (document: string) => boolean,
): AsyncGenerator<AccountPolicy> {
  const { client, sdk } = iam;
  const pages = sdk.paginateGetAccountAuthorizationDetails(
    { client, pageSize: DETAILS_PAGE_SIZE },
    { Filter: ["User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"] },
  );
  const collected = collectAccountDetails(isOfInterest);
  const problems: string[] = [];
  for await (const page of pages) {
    problems.push(...collected.add(page).map(({ path, message }) => `${path}: ${message}`));
  }
  const { policies, unread } = collected.joined();
  yield* policies;
  for (const { arn, attachments, boundaryOf } of unread) {
    const policy = await managedPolicy(iam, arn);
    if (policy !== undefined) yield { ...policy, attachments, boundaryOf };
  }
  // Last, so that what could be read has been evaluated.
  if (problems.length > 0) {
    const some = problems.slice(0, 3).join("; ");
    throw new Error(`IAM's account details have ${problems.length} entries that cannot be read: ${some}`);
  }
}
