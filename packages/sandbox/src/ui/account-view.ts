import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  type IAMClient,
  type ManagedPolicyDetail,
  type PolicyDetail,
  paginateGetAccountAuthorizationDetails,
} from "@aws-sdk/client-iam";
import { arnName } from "@kms-guard/core/aws/arn.ts";
import { evaluateDocument } from "@kms-guard/core/evaluate/evaluate.ts";
import type { VerdictName } from "@kms-guard/core/evaluate/verdict.ts";
import { KMS } from "@kms-guard/core/services/kms.ts";

/** A policy, and what the guard would say about it. */
interface SeenPolicy {
  readonly name: string;
  readonly kind: "managed" | "aws-managed" | "inline";
  readonly verdict: VerdictName;
}

interface SeenPrincipal {
  /** `user/alice`. */
  readonly principal: string;
  /** Of a user. */
  readonly groups: readonly string[];
  readonly policies: readonly SeenPolicy[];
}

/** The principals of the account and their policies. The guard's own roles are left out. */
export interface AccountView {
  readonly principals: readonly SeenPrincipal[];
  /** Customer-managed policies that are attached to nobody. */
  readonly unattached: readonly SeenPolicy[];
}

interface Principal {
  readonly principal: string;
  readonly groups: readonly string[];
  readonly inline: readonly PolicyDetail[];
  readonly arns: readonly string[];
}

const GUARD = /^kms-guard-/;

/** Reads the account at each call, and AWS's own policies, which do not change, once. */
export function accountView(iam: IAMClient, accountId: string): () => Promise<AccountView> {
  const account = { id: accountId, partition: "aws" };
  const verdictOf = (document = ""): VerdictName =>
    evaluateDocument(decodeURIComponent(document), { account, service: KMS, nowMs: Date.now() }).name;
  const ofAws = new Map<string, Promise<SeenPolicy>>();

  async function readAwsPolicy(PolicyArn: string): Promise<SeenPolicy> {
    const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
    const VersionId = Policy?.DefaultVersionId;
    const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId }));
    return { name: arnName(PolicyArn), kind: "aws-managed", verdict: verdictOf(PolicyVersion?.Document) };
  }

  function awsPolicy(arn: string): Promise<SeenPolicy> {
    const policy = ofAws.get(arn) ?? readAwsPolicy(arn);
    ofAws.set(arn, policy);
    return policy;
  }

  function managedPolicy({ Arn = "", PolicyVersionList = [] }: ManagedPolicyDetail): SeenPolicy {
    const inForce = PolicyVersionList.find(({ IsDefaultVersion }) => IsDefaultVersion === true);
    return { name: arnName(Arn), kind: "managed", verdict: verdictOf(inForce?.Document) };
  }

  return async () => {
    const principals: Principal[] = [];
    const managed = new Map<string, SeenPolicy>();
    const pages = paginateGetAccountAuthorizationDetails(
      { client: iam },
      { Filter: ["User", "Role", "Group", "LocalManagedPolicy"] },
    );
    for await (const page of pages) {
      for (const user of page.UserDetailList ?? []) {
        principals.push({
          principal: `user/${user.UserName}`,
          groups: user.GroupList ?? [],
          inline: user.UserPolicyList ?? [],
          arns: arnsOf(user.AttachedManagedPolicies),
        });
      }
      for (const group of page.GroupDetailList ?? []) {
        principals.push({
          principal: `group/${group.GroupName}`,
          groups: [],
          inline: group.GroupPolicyList ?? [],
          arns: arnsOf(group.AttachedManagedPolicies),
        });
      }
      for (const role of page.RoleDetailList ?? []) {
        if (GUARD.test(role.RoleName ?? "")) continue;
        principals.push({
          principal: `role/${role.RoleName}`,
          groups: [],
          inline: role.RolePolicyList ?? [],
          arns: arnsOf(role.AttachedManagedPolicies),
        });
      }
      for (const policy of page.Policies ?? []) managed.set(policy.Arn ?? "", managedPolicy(policy));
    }
    const attached = new Set(principals.flatMap(({ arns }) => arns));
    return {
      principals: await Promise.all(
        principals.map(async ({ principal, groups, inline, arns }) => ({
          ...{ principal, groups },
          policies: [
            ...(await Promise.all(arns.map((arn) => managed.get(arn) ?? awsPolicy(arn)))),
            ...inline.map(({ PolicyName = "", PolicyDocument }) => ({
              ...{ name: PolicyName, kind: "inline" as const, verdict: verdictOf(PolicyDocument) },
            })),
          ],
        })),
      ),
      unattached: [...managed].filter(([arn]) => !attached.has(arn)).map(([, policy]) => policy),
    };
  };
}

function arnsOf(attached: readonly { readonly PolicyArn?: string | undefined }[] = []): readonly string[] {
  return attached.flatMap(({ PolicyArn }) => PolicyArn ?? []);
}
