import { identifyOperator } from "@kms-guard/adapters/deployment/operator.ts";
import { iamConnection } from "@kms-guard/adapters/iam/connection.ts";
import { createPolicyReader } from "@kms-guard/adapters/iam/policy-reader.ts";
import { partitionOfRegion } from "@kms-guard/core/aws/partitions.ts";
import { attachmentsOf } from "@kms-guard/core/aws/principal.ts";
import { isViolation } from "@kms-guard/core/evaluate/evaluate.ts";
import type { Account } from "@kms-guard/core/policy/policy.ts";
import { KMS } from "@kms-guard/core/services/kms.ts";
import type { AccountPolicy } from "@kms-guard/guard/ports.ts";
import { awsFailure } from "../aws/failure.ts";
import type { ConnectionOptions } from "../aws/options.ts";
import type { CountedRegions } from "../input/counted-regions.ts";
import type { Input, PolicyInput } from "../input/policy-input.ts";
import type { Io } from "../io/io.ts";

/** Which account to read, and which of its Regions have keys. */
export interface AccountOptions extends ConnectionOptions {
  readonly regions?: CountedRegions;
}

/**
 * Every policy in the caller's account, managed and inline, for `scan --live`. A warning names each dormant version:
 * stored, and a finding if it were made the default. Throws a `Failure` when AWS refuses.
 */
export async function* accountPolicies(options: AccountOptions, io: Io): AsyncGenerator<Input> {
  try {
    const operator = await identifyOperator(options, io.env);
    const account: Account = { id: operator.account, partition: partitionOfRegion(operator.region) };
    const reader = createPolicyReader(iamConnection(operator.access));
    const regions = options.regions?.names;
    const nowMs = io.clock.nowMs();
    const context = { account, service: KMS, nowMs, ...(regions !== undefined && { regions }) };
    for await (const policy of reader.accountPolicies((document) => isViolation(document, context))) {
      yield inputOf(policy, account);
      for (const { versionId } of policy.otherVersions ?? []) {
        const message = `${idOf(policy)} has the dormant version \`${versionId}\`: it would be a finding if SetDefaultPolicyVersion activated it`;
        yield { kind: "warning", message };
      }
    }
  } catch (error) {
    throw awsFailure(error, options.profile) ?? error;
  }
}

function inputOf(policy: AccountPolicy, account: Account): PolicyInput {
  const attachments = attachmentsOf(policy);
  return {
    kind: "policy",
    id: idOf(policy),
    place: { path: `account ${account.id}` },
    policyKind: policy.kind,
    document: policy.document,
    account,
    attachments: () => attachments,
  };
}

/** The ARN; for an inline policy its principal's ARN (or type and name), then its own name. */
function idOf(policy: AccountPolicy): string {
  if (policy.kind !== "inline") return policy.arn;
  const { arn, type, name } = policy.principal;
  return `${arn ?? `${type}/${name}`}/${policy.name}`;
}
