import { arnName } from "@kms-guard/core/aws/arn.ts";
import type { Problem } from "@kms-guard/core/policy/document.ts";
import type { Attachment } from "@kms-guard/core/policy/policy.ts";
import * as v from "valibot";
import { documentText } from "./document-text.ts";

/** A user, role or group with its policies. */
export interface DetailedPrincipal {
  readonly principal: Attachment;
  readonly managedArns: readonly string[];
  readonly inline: readonly { readonly name: string; readonly document: string }[];
  readonly boundaryArn?: string;
  /** The groups that a user is in. */
  readonly groups: readonly string[];
}

/** A managed policy with the text of every version that the page has. */
export interface DetailedPolicy {
  readonly arn: string;
  readonly name: string;
  readonly defaultVersionId: string;
  readonly versions: readonly { readonly versionId: string; readonly document: string }[];
}

/** One page of GetAccountAuthorizationDetails, and what in it could not be read. */
export interface DetailsPage {
  readonly principals: readonly DetailedPrincipal[];
  readonly policies: readonly DetailedPolicy[];
  readonly problems: readonly Problem[];
}

// A list that is empty is absent in some answers, and null in some programs' JSON.
const listOf = <T>(item: v.GenericSchema<unknown, T>) => v.nullish(v.array(item), []);

/** A document is text from IAM and an object from `aws iam`, which decodes it. */
const document = v.pipe(
  v.custom<NonNullable<unknown>>((input) => input !== undefined && input !== null, "Invalid document"),
  v.transform((input) => (typeof input === "string" ? documentText(input) : JSON.stringify(input))),
);
const inlineList = listOf(
  v.pipe(
    v.object({ PolicyName: v.string(), PolicyDocument: document }),
    v.transform(({ PolicyName, PolicyDocument }) => ({ name: PolicyName, document: PolicyDocument })),
  ),
);
const policies = {
  Arn: v.optional(v.string()),
  AttachedManagedPolicies: listOf(v.object({ PolicyArn: v.string() })),
  PermissionsBoundary: v.nullish(v.object({ PermissionsBoundaryArn: v.optional(v.string()) })),
};

interface Policies {
  readonly Arn?: string | undefined;
  readonly AttachedManagedPolicies: readonly { readonly PolicyArn: string }[];
  readonly PermissionsBoundary?: { readonly PermissionsBoundaryArn?: string | undefined } | null | undefined;
}

function detailedPrincipal(
  type: Attachment["type"],
  name: string,
  id: string | undefined,
  { Arn, AttachedManagedPolicies, PermissionsBoundary }: Policies,
  inline: DetailedPrincipal["inline"],
  groups: readonly string[] = [],
): DetailedPrincipal {
  const boundaryArn = PermissionsBoundary?.PermissionsBoundaryArn;
  return {
    principal: { type, name, ...(Arn !== undefined && { arn: Arn }), ...(id !== undefined && { id }) },
    managedArns: AttachedManagedPolicies.map(({ PolicyArn }) => PolicyArn),
    inline,
    ...(boundaryArn === undefined ? {} : { boundaryArn }),
    groups,
  };
}

const user = v.pipe(
  v.object({
    ...policies,
    UserName: v.string(),
    UserId: v.optional(v.string()),
    UserPolicyList: inlineList,
    GroupList: listOf(v.string()),
  }),
  v.transform((entry) =>
    detailedPrincipal("user", entry.UserName, entry.UserId, entry, entry.UserPolicyList, entry.GroupList),
  ),
);
const role = v.pipe(
  v.object({ ...policies, RoleName: v.string(), RoleId: v.optional(v.string()), RolePolicyList: inlineList }),
  v.transform((entry) =>
    detailedPrincipal("role", entry.RoleName, entry.RoleId, entry, entry.RolePolicyList),
  ),
);
const group = v.pipe(
  v.object({
    ...policies,
    GroupName: v.string(),
    GroupId: v.optional(v.string()),
    GroupPolicyList: inlineList,
  }),
  v.transform((entry) =>
    detailedPrincipal("group", entry.GroupName, entry.GroupId, entry, entry.GroupPolicyList),
  ),
);
const version = v.pipe(
  v.object({ VersionId: v.string(), Document: document }),
  v.transform(({ VersionId, Document }) => ({ versionId: VersionId, document: Document })),
);
const policy = v.pipe(
  v.object({
    Arn: v.string(),
    PolicyName: v.optional(v.string()),
    DefaultVersionId: v.string(),
    PolicyVersionList: listOf(version),
  }),
  v.transform(
    (entry): DetailedPolicy => ({
      arn: entry.Arn,
      // An ARN ends in the name, and some answers have it nowhere else.
      name: entry.PolicyName ?? arnName(entry.Arn),
      defaultVersionId: entry.DefaultVersionId,
      versions: entry.PolicyVersionList,
    }),
  ),
);
const page = v.pipe(
  v.unknown(),
  // To valibot a list is an object whose every field is absent: it would pass as a page of nothing.
  v.check((input) => !Array.isArray(input), "Invalid page: a list"),
  v.object({
    UserDetailList: listOf(v.unknown()),
    GroupDetailList: listOf(v.unknown()),
    RoleDetailList: listOf(v.unknown()),
    Policies: listOf(v.unknown()),
  }),
);

/**
 * Reads one page of GetAccountAuthorizationDetails, as the API or `aws iam` gives it. An entry that cannot be read
 * is a problem with its path (`UserDetailList[3].UserName`), and the others are read. Never throws.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
 */
export function readDetailsPage(input: unknown): DetailsPage {
  const problems: Problem[] = [];
  const readable = <T>(schema: v.GenericSchema<unknown, T>, value: unknown, path: string): T[] => {
    const result = v.safeParse(schema, value);
    if (result.success) return [result.output];
    problems.push(...result.issues.map((issue) => problemOf(issue, path)));
    return [];
  };
  const entries = <T>(schema: v.GenericSchema<unknown, T>, list: readonly unknown[], path: string): T[] =>
    list.flatMap((entry, index) => readable(schema, entry, `${path}[${index}]`));

  const [lists] = readable(page, input, "");
  if (lists === undefined) return { principals: [], policies: [], problems };
  const principals = [
    ...entries(user, lists.UserDetailList, "UserDetailList"),
    ...entries(group, lists.GroupDetailList, "GroupDetailList"),
    ...entries(role, lists.RoleDetailList, "RoleDetailList"),
  ];
  return { principals, policies: entries(policy, lists.Policies, "Policies"), problems };
}

function problemOf(issue: v.BaseIssue<unknown>, path: string): Problem {
  const within = (issue.path ?? []).map(({ key }) =>
    typeof key === "number" ? `[${key}]` : `.${String(key)}`,
  );
  return { path: `${path}${within.join("")}`.replace(/^\./, ""), message: issue.message };
}
