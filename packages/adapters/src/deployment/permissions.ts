import type { Mode } from "@kms-guard/core/containment/decision.ts";

/**
 * What the guard may do on AWS, as data: the stacks make role policies of it, and the doctor compares roles with it.
 * Imports types only, so that a deployment loads no SDK.
 */

/** One statement of a role policy, in IAM's words. */
export interface Permission {
  readonly sid: string;
  readonly effect: "Allow" | "Deny";
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: readonly {
    readonly test: string;
    readonly variable: string;
    readonly values: readonly string[];
  }[];
}

export interface GuardResources {
  readonly mode: Mode;
  /** `aws`, `aws-cn`, `aws-us-gov`, … */
  readonly partition: string;
  /** Twelve digits. */
  readonly account: string;
  /** The findings table. */
  readonly tableArn: string;
  /** The alerts topic. */
  readonly topicArn: string;
  /** The bus that findings are put on. */
  readonly busArn: string;
  /** ARNs of the guard's own roles; an `*` in one is for what is not known before they are made. */
  readonly ownRoleArns: readonly string[];
}

type Place = Pick<GuardResources, "partition" | "account">;

/**
 * The statements of the guard's role. In `monitor` mode no action on IAM in it changes anything; in `enforce` mode it
 * can take policies from principals, never give one, and never from its own roles.
 */
export function guardPermissions(guard: GuardResources): readonly Permission[] {
  return [
    ...readPermissions(guard),
    ...(guard.mode === "enforce" ? containPermissions(guard) : []),
    ...recordPermissions(guard, [`FINDING#${guard.account}#*`]),
    ...publishPermissions(guard),
  ];
}

/**
 * What an operator's own credentials need for `kms-guard restore`: the guard's role never has it.
 * Put policies on it only for people, and for the minutes of the restore where you can.
 */
export function restorePermissions(
  guard: Omit<GuardResources, "mode" | "ownRoleArns">,
): readonly Permission[] {
  return [
    ...readPermissions(guard),
    allow(
      "GivePoliciesToPrincipals",
      [
        "iam:AttachUserPolicy",
        "iam:AttachRolePolicy",
        "iam:AttachGroupPolicy",
        "iam:PutUserPolicy",
        "iam:PutRolePolicy",
        "iam:PutGroupPolicy",
      ],
      principals(guard),
    ),
    // The exemption that keeps the guard from taking it away again.
    ...recordPermissions(guard, [`FINDING#${guard.account}#*`, `EXEMPTIONS#${guard.account}`]),
    ...publishPermissions(guard),
    findDeployment(guard),
  ];
}

/** What an operator's own credentials need for `kms-guard history`; without the query it reads page by page. */
export function historyPermissions(
  guard: Place & { readonly historyLogGroupArn: string },
): readonly Permission[] {
  return [findDeployment(guard), readLog("ReadHistory", [guard.historyLogGroupArn]), queryHistory(guard)];
}

/** For `kms-guard show`; without what the history's are, it shows all but when people were notified. */
export function showPermissions(
  guard: Place & Pick<GuardResources, "tableArn"> & { readonly historyLogGroupArn: string },
): readonly Permission[] {
  return [findDeployment(guard), readLog("ReadHistory", [guard.historyLogGroupArn]), readRecords(guard)];
}

/** For `kms-guard report`: it reads, and changes nothing. */
export function reportPermissions(
  guard: Place &
    Pick<GuardResources, "tableArn"> & {
      readonly historyLogGroupArn: string;
      /** Of the function that sweeps. */
      readonly sweepLogGroupArn: string;
    },
): readonly Permission[] {
  return [
    ...showPermissions(guard),
    queryHistory(guard),
    allow("ReadManyRecords", ["dynamodb:BatchGetItem"], [guard.tableArn]),
    readLog("ReadSweeps", [guard.sweepLogGroupArn]),
    // It takes no resource.
    allow("CountEvents", ["cloudwatch:GetMetricStatistics"], ["*"]),
  ];
}

/** For `kms-guard exempt`: who has these can keep the guard from acting, though not without a notice. */
export function exemptPermissions(
  guard: Omit<GuardResources, "mode" | "ownRoleArns">,
): readonly Permission[] {
  return [
    findDeployment(guard),
    // What it covers is shown first: one policy and who holds it.
    ...readPermissions(guard).filter(({ sid }) => sid !== "ReadWholeAccount"),
    ...recordPermissions(guard, [`EXEMPTIONS#${guard.account}`]),
    ...publishPermissions(guard),
  ];
}

/** For `kms-guard doctor`: it reads, and changes nothing. */
export function doctorPermissions(
  guard: Place &
    Pick<GuardResources, "tableArn" | "topicArn" | "ownRoleArns"> & {
      readonly region: string;
      /** What the names of the guard's parts begin with: `kms-guard-production-`. */
      readonly prefix: string;
      readonly deadLettersArn: string;
      /** With `amazonQ: true`. */
      readonly chatTopicArn?: string;
    },
): readonly Permission[] {
  const { partition, account, region, prefix } = guard;
  const regional = (service: string, resource: string) =>
    `arn:${partition}:${service}:${region}:${account}:${resource}`;
  return [
    findDeployment(guard),
    // Neither takes a resource.
    allow("FindTrailsAndMetrics", ["cloudtrail:DescribeTrails", "cloudwatch:GetMetricStatistics"], ["*"]),
    // A trail of all regions has its home in one of them, an organization's in another account.
    allow(
      "ReadTrails",
      ["cloudtrail:GetTrailStatus", "cloudtrail:GetEventSelectors"],
      [`arn:${partition}:cloudtrail:*:*:trail/*`],
    ),
    allow(
      "ReadRules",
      ["events:DescribeRule", "events:ListTargetsByRule"],
      [regional("events", `rule/${prefix}*`)],
    ),
    allow(
      "ReadFunctions",
      [
        "lambda:GetFunctionConfiguration",
        "lambda:GetFunctionConcurrency",
        "lambda:GetFunctionEventInvokeConfig",
        "lambda:GetPolicy",
      ],
      [regional("lambda", `function:${prefix}*`)],
    ),
    allow(
      "ReadOwnRoles",
      ["iam:GetRole", "iam:GetRolePolicy", "iam:ListRolePolicies", "iam:ListAttachedRolePolicies"],
      guard.ownRoleArns,
    ),
    allow("CountDeadLetters", ["sqs:GetQueueUrl", "sqs:GetQueueAttributes"], [guard.deadLettersArn]),
    allow(
      "ReadSubscriptions",
      ["sns:ListSubscriptionsByTopic"],
      [guard.topicArn, guard.chatTopicArn].filter((arn) => arn !== undefined),
    ),
    allow("ReadTable", ["dynamodb:DescribeTable", "dynamodb:DescribeContinuousBackups"], [guard.tableArn]),
    allow("ReadAlarms", ["cloudwatch:DescribeAlarms"], [regional("cloudwatch", "alarm:*")]),
    readLog("ReadSweeps", [regional("logs", `log-group:/aws/lambda/${prefix}sweep`)]),
  ];
}

/**
 * For `kms-guard drill`: it can make a policy and a role of these names only. Who has these rights could grant all of
 * KMS to themselves by `--attach`'s, so give them to people who may do that anyway.
 */
export function drillPermissions(
  guard: Place & Pick<GuardResources, "tableArn"> & { readonly historyLogGroupArn: string },
): readonly Permission[] {
  const ofAccount = (resource: string) => `arn:${guard.partition}:iam::${guard.account}:${resource}`;
  return [
    ...showPermissions(guard),
    allow(
      "MakeCanaryPolicy",
      ["iam:CreatePolicy", "iam:DeletePolicy"],
      [ofAccount("policy/kms-guard-drill-*")],
    ),
    allow(
      "MakeCanaryRole",
      [
        "iam:CreateRole",
        "iam:DeleteRole",
        "iam:AttachRolePolicy",
        "iam:DetachRolePolicy",
        "iam:ListAttachedRolePolicies",
      ],
      [ofAccount("role/kms-guard-drill-*")],
    ),
  ];
}

/** What Lambda does by a function's role on its behalf: its log, and the events that it gave up on. */
export function lambdaPermissions(lambda: {
  readonly logGroupArn: string;
  readonly deadLettersArn: string;
}): readonly Permission[] {
  return [
    allow("WriteOwnLog", ["logs:CreateLogStream", "logs:PutLogEvents"], [`${lambda.logGroupArn}:*`]),
    allow("HandOverDeadLetters", ["sqs:SendMessage"], [lambda.deadLettersArn]),
  ];
}

/** What the function that notifies Amazon Q needs in addition: its own topic, and not the alerts'. */
export function chatPermissions(chat: { readonly chatTopicArn: string }): readonly Permission[] {
  return [allow("PublishToChat", ["sns:Publish"], [chat.chatTopicArn])];
}

/** Reads of IAM. Resources as the Service Authorization Reference has them: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html */
function readPermissions({ partition, account }: Place): readonly Permission[] {
  const ofAccount = (resource: string) => `arn:${partition}:iam::${account}:${resource}`;
  return [
    allow(
      "ReadManagedPolicies",
      ["iam:GetPolicy", "iam:GetPolicyVersion", "iam:ListPolicyVersions", "iam:ListEntitiesForPolicy"],
      [ofAccount("policy/*"), `arn:${partition}:iam::aws:policy/*`],
    ),
    allow(
      "ReadUsers",
      ["iam:GetUser", "iam:GetUserPolicy", "iam:ListUserPolicies", "iam:ListAttachedUserPolicies"],
      [ofAccount("user/*")],
    ),
    allow(
      "ReadRoles",
      ["iam:GetRole", "iam:GetRolePolicy", "iam:ListRolePolicies", "iam:ListAttachedRolePolicies"],
      [ofAccount("role/*")],
    ),
    allow(
      "ReadGroups",
      ["iam:GetGroup", "iam:GetGroupPolicy", "iam:ListGroupPolicies", "iam:ListAttachedGroupPolicies"],
      [ofAccount("group/*")],
    ),
    // IAM takes no resource for this one.
    allow("ReadWholeAccount", ["iam:GetAccountAuthorizationDetails"], ["*"]),
  ];
}

function containPermissions(guard: Place & Pick<GuardResources, "ownRoleArns">): readonly Permission[] {
  return [
    allow(
      "TakePoliciesFromPrincipals",
      [
        "iam:DetachUserPolicy",
        "iam:DetachRolePolicy",
        "iam:DetachGroupPolicy",
        "iam:DeleteUserPolicy",
        "iam:DeleteRolePolicy",
        "iam:DeleteGroupPolicy",
      ],
      principals(guard),
    ),
    {
      sid: "NeverFromItself",
      effect: "Deny",
      actions: ["iam:DetachRolePolicy", "iam:DeleteRolePolicy"],
      resources: guard.ownRoleArns,
    },
  ];
}

/**
 * Findings and exemptions, which are in the same table, are read; written is only what has one of these partition
 * keys: exemptions are for people to make.
 */
function recordPermissions(
  { tableArn }: Pick<GuardResources, "tableArn">,
  written: readonly string[],
): readonly Permission[] {
  return [
    readRecords({ tableArn }),
    {
      ...allow(
        "RecordFindings",
        ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"],
        [tableArn],
      ),
      conditions: [{ test: "ForAllValues:StringLike", variable: "dynamodb:LeadingKeys", values: written }],
    },
  ];
}

function readRecords({ tableArn }: Pick<GuardResources, "tableArn">): Permission {
  return allow("ReadRecords", ["dynamodb:Query"], [tableArn, `${tableArn}/index/*`]);
}

function readLog(sid: string, logGroupArns: readonly string[]): Permission {
  return allow(
    sid,
    ["logs:FilterLogEvents"],
    logGroupArns.map((arn) => `${arn}:*`),
  );
}

function queryHistory({ historyLogGroupArn }: { readonly historyLogGroupArn: string }): Permission {
  return allow("QueryHistory", ["logs:StartQuery", "logs:GetQueryResults"], [`${historyLogGroupArn}:*`]);
}

function findDeployment({ partition, account }: Place): Permission {
  return allow(
    "FindDeployment",
    ["ssm:GetParametersByPath"],
    [`arn:${partition}:ssm:*:${account}:parameter/kms-guard/*`],
  );
}

function publishPermissions({
  topicArn,
  busArn,
}: Pick<GuardResources, "topicArn" | "busArn">): readonly Permission[] {
  return [
    allow("PublishAlerts", ["sns:Publish"], [topicArn]),
    allow("PublishFindings", ["events:PutEvents"], [busArn]),
  ];
}

function principals({ partition, account }: Place): readonly string[] {
  return ["user/*", "role/*", "group/*"].map((resource) => `arn:${partition}:iam::${account}:${resource}`);
}

function allow(sid: string, actions: readonly string[], resources: readonly string[]): Permission {
  return { sid, effect: "Allow", actions, resources };
}
