import { writeFileSync } from "node:fs";
import * as permissions from "@kms-guard/adapters/deployment/permissions.ts";
import { API_CALLS, type ApiCallRow } from "@kms-guard/core/events/api-call-table.ts";

/** The pages of docs/ that are tables of the code, by their names. */
export function generatedPages(): Readonly<Record<string, string>> {
  return { "api-calls.md": apiCallsPage(), "permissions.md": permissionsPage() };
}

const NOTE = "<!-- Written by `npm run docs`. Do not edit. -->";

const EFFECTS: Readonly<Record<ApiCallRow["effect"], string>> = {
  grants: "may grant",
  revokes: "revokes",
  changes: "may grant or revoke",
};

const LOADED: Readonly<Record<ApiCallRow["scope"]["kind"], string>> = {
  "managed-policy": "the managed policy, and every principal it is attached to",
  attachment: "the managed policy, and every principal it is attached to",
  "inline-policy": "the inline policy",
  principal: "every policy of the principal",
  account: "the whole account",
};

function apiCallsPage(): string {
  return [
    NOTE,
    "",
    "# The API calls that the guard handles",
    "",
    "All of them are IAM's. The EventBridge rule is generated from the same table, and matches a call only if it succeeded. A call says",
    "where the guard has to look: what it evaluates is read from IAM afterwards.",
    "",
    "| API call | access | what is read | why |",
    "|---|---|---|---|",
    ...API_CALLS.map(
      ({ eventName, effect, scope, why }) =>
        `| \`${eventName}\` | ${EFFECTS[effect]} | ${LOADED[scope.kind]} | ${why} |`,
    ),
    "",
    "If CloudTrail left out a call's parameters, because the request was padded, the guard reads the whole account.",
    "",
  ].join("\n");
}

const GUARD = {
  ...{ partition: "aws", account: "ACCOUNT", region: "REGION", prefix: "kms-guard-STAGE-" },
  tableArn: "arn:aws:dynamodb:REGION:ACCOUNT:table/FINDINGS",
  topicArn: "arn:aws:sns:REGION:ACCOUNT:ALERTS",
  chatTopicArn: "arn:aws:sns:REGION:ACCOUNT:CHAT",
  busArn: "arn:aws:events:REGION:ACCOUNT:event-bus/default",
  historyLogGroupArn: "arn:aws:logs:REGION:ACCOUNT:log-group:/kms-guard/STAGE/alerts",
  sweepLogGroupArn: "arn:aws:logs:REGION:ACCOUNT:log-group:/aws/lambda/kms-guard-STAGE-sweep",
  deadLettersArn: "arn:aws:sqs:REGION:ACCOUNT:DEADLETTERS",
  ownRoleArns: ["arn:aws:iam::ACCOUNT:role/kms-guard-STAGE-*"],
} as const;

type Section = readonly [heading: string, intro: string, list: readonly permissions.Permission[]];

function permissionsPage(): string {
  const monitor = permissions.guardPermissions({ ...GUARD, mode: "monitor" });
  const enforce = permissions.guardPermissions({ ...GUARD, mode: "enforce" });
  const known = new Set(monitor.map(({ sid }) => sid));
  const lambda = permissions.lambdaPermissions({
    logGroupArn: "arn:aws:logs:REGION:ACCOUNT:log-group:/aws/lambda/kms-guard-STAGE-PART",
    deadLettersArn: GUARD.deadLettersArn,
  });
  const sections: readonly Section[] = [
    ["The guard and the sweep, in both modes", "None of these actions changes IAM.", monitor],
    [
      "What `enforce` mode adds",
      "The guard removes policies, never adds one, and never changes its own roles.",
      enforce.filter(({ sid }) => !known.has(sid)),
    ],
    [
      "Every function",
      "In place of AWSLambdaBasicExecutionRole, which may write to every log group. The Slack notifier has nothing more.",
      lambda,
    ],
    [
      "The function that publishes to Amazon Q",
      "With `amazonQ: true`. It publishes to the topic of Amazon Q, and nowhere else.",
      permissions.chatPermissions(GUARD),
    ],
    [
      "The command `restore`",
      "With a person's own credentials: the guard's roles never have these permissions.",
      permissions.restorePermissions(GUARD),
    ],
    [
      "The command `exempt`",
      "With these permissions somebody can stop a containment, but not without a notice to everybody who gets alerts.",
      permissions.exemptPermissions(GUARD),
    ],
    ["The command `history`", "It only reads.", permissions.historyPermissions(GUARD)],
    ["The command `show`", "It only reads.", permissions.showPermissions(GUARD)],
    ["The command `report`", "It only reads.", permissions.reportPermissions(GUARD)],
    ["The command `doctor`", "It only reads.", permissions.doctorPermissions(GUARD)],
    [
      "The command `drill`",
      "With the part for `--attach` somebody could give themselves full access: only for people who may do that anyway.",
      permissions.drillPermissions(GUARD),
    ],
  ];
  return [
    NOTE,
    "",
    "# Permissions",
    "",
    "The role policies are generated from [this list](../packages/adapters/src/deployment/permissions.ts). The complete roles:",
    "[in monitor mode](../test/golden/roles-monitor.txt), [in enforce mode](../test/golden/roles-enforce.txt). Tests run the functions and most",
    "of the commands with exactly these permissions enforced.",
    "",
    ...sections.flatMap(([heading, intro, list]) => [
      ...[`## ${heading}`, "", intro, ""],
      ...["| statement | actions | on |", "|---|---|---|", ...list.map(row), ""],
    ]),
  ].join("\n");
}

function row({ sid, effect, actions, resources, conditions = [] }: permissions.Permission): string {
  const quoted = (texts: readonly string[]) => texts.map((text) => `\`${text}\``).join("<br>");
  const when = conditions.map(
    ({ test, variable, values }) => `<br>if \`${test}\` \`${variable}\`: ${quoted(values)}`,
  );
  return `| ${effect === "Deny" ? "**Deny** " : ""}${sid} | ${quoted(actions)} | ${quoted(resources)}${when.join("")} |`;
}

if (import.meta.main) {
  for (const [name, text] of Object.entries(generatedPages())) {
    writeFileSync(new URL(`../docs/${name}`, import.meta.url), text);
  }
}
