import { arnName, lambdaFunctionName } from "@kms-guard/core/aws/arn.ts";
import { iamRegionOf } from "@kms-guard/core/aws/partitions.ts";
import { memberOf } from "@kms-guard/core/events/cloudtrail-record.ts";
import { type EventPattern, eventPattern } from "@kms-guard/core/events/rule-pattern.ts";
import { type CheckResult, fail, ok, warning } from "./diagnosis.ts";
import type { FunctionState, GuardDeployment, Queue, Rule, Target } from "./observations.ts";
import { command, redeployCommand } from "./text.ts";

/** IAM's events are in one region of a partition, and nowhere else. */
export function checkRegion({ partition, region, stage }: GuardDeployment): CheckResult {
  const home = iamRegionOf(partition);
  return region === home
    ? ok(`${region}, where IAM's calls are recorded`)
    : fail(
        `${region}, where no call on IAM is recorded: in partition ${partition} that is ${home}`,
        command`AWS_REGION=${home} npx sst deploy --stage ${stage}`,
      );
}

export function checkRule(rule: Rule | undefined, deployment: GuardDeployment): CheckResult {
  const { ruleName, region } = deployment;
  if (rule === undefined) return fail(`there is no rule ${ruleName}`, redeployCommand(deployment));
  if (!rule.state.startsWith("ENABLED")) {
    return fail(
      `${ruleName} is ${rule.state}: the guard gets no events`,
      command`aws events enable-rule --name ${ruleName} --region ${region}`,
    );
  }
  const difference = patternDifference(rule.pattern);
  return difference === undefined
    ? ok(`${ruleName} is enabled, with the pattern of this version`)
    : fail(`${ruleName} has another pattern than this version: ${difference}`, redeployCommand(deployment));
}

/** How a rule's pattern is not the one of this version, in words; `undefined` where it is. */
export function patternDifference(pattern: string): string | undefined {
  const wanted = eventPattern();
  const found = parsed(pattern);
  if (found === undefined) return "it is no JSON";
  if (canonical(found) === canonical(wanted)) return undefined;
  const names = namesIn(found);
  const missing = wanted.detail.eventName.filter((name) => !names.includes(name));
  const more = names.filter((name) => !wanted.detail.eventName.includes(name));
  const words = [
    ...(missing.length === 0 ? [] : [`without ${missing.join(", ")}`]),
    ...(more.length === 0 ? [] : [`also with ${more.join(", ")}`]),
  ];
  return words.length === 0 ? "it matches by other fields" : words.join(", ");
}

function namesIn(pattern: unknown): readonly string[] {
  const detail = memberOf(pattern, "detail" satisfies keyof EventPattern);
  const names = memberOf(detail, "eventName" satisfies keyof EventPattern["detail"]);
  return Array.isArray(names) ? names.filter((name) => typeof name === "string") : [];
}

/** A pattern's lists are sets: neither their order nor that of its fields means anything. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).toSorted().join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const fields = Object.entries(value).map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`);
  return `{${fields.toSorted().join()}}`;
}

export function checkTargets(targets: readonly Target[], deployment: GuardDeployment): CheckResult {
  const { functionName, ruleName } = deployment;
  const target = targets.find(({ arn }) => lambdaFunctionName(arn) === functionName);
  if (target === undefined) {
    return fail(`function ${functionName} is not a target of rule ${ruleName}`, redeployCommand(deployment));
  }
  if (target.deadLettersArn === undefined) {
    return fail(
      "an event that EventBridge cannot deliver is lost: no dead-letter queue",
      redeployCommand(deployment),
    );
  }
  return ok(`function ${functionName}, with dead letters in ${arnName(target.deadLettersArn)}`);
}

/** Whether the function's resource policy lets the rule, by name, invoke it. */
export function checkInvokers(policy: string | undefined, deployment: GuardDeployment): CheckResult {
  const { functionName, partition, region, account, ruleName } = deployment;
  const ruleArn = `arn:${partition}:events:${region}:${account}:rule/${ruleName}`;
  const statements = memberOf(parsed(policy ?? "{}"), "Statement");
  const all = Array.isArray(statements) ? statements : [statements];
  if (all.some((statement) => letsInvoke(statement, ruleArn))) {
    return ok(`rule ${ruleName} may invoke ${functionName}`);
  }
  return fail(
    `rule ${ruleName} may not invoke ${functionName}`,
    command`aws lambda add-permission --function-name ${functionName} --statement-id iam-events --action lambda:InvokeFunction --principal events.amazonaws.com --source-arn ${ruleArn} --region ${region}`,
  );
}

function letsInvoke(statement: unknown, ruleArn: string): boolean {
  const conditions = memberOf(statement, "Condition");
  const sources = ["ArnLike", "ArnEquals", "StringEquals", "StringLike"].flatMap((operator) => {
    const of = memberOf(conditions, operator);
    return textsOf(memberOf(of, "AWS:SourceArn") ?? memberOf(of, "aws:SourceArn"));
  });
  return (
    memberOf(statement, "Effect") === "Allow" &&
    textsOf(memberOf(statement, "Action")).some((action) =>
      ["lambda:invokefunction", "lambda:*"].includes(action.toLowerCase()),
    ) &&
    textsOf(memberOf(memberOf(statement, "Principal"), "Service")).includes("events.amazonaws.com") &&
    (conditions === undefined || sources.includes(ruleArn))
  );
}

export function checkDeadLetters(queue: Queue | undefined, deployment: GuardDeployment): CheckResult {
  if (queue === undefined)
    return fail("the dead-letter queue of the rule is not there", redeployCommand(deployment));
  if (queue.messages === 0) return ok("there are none");
  const many = queue.messages === 1 ? "1 event was" : `${queue.messages} events were`;
  const { region, sweepName } = deployment;
  return fail(
    `${many} not delivered or not handled`,
    command`look: aws sqs receive-message --queue-url ${queue.url} --region ${region}; make up for it: aws lambda invoke --function-name ${sweepName} --region ${region} /dev/stdout; then: aws sqs purge-queue --queue-url ${queue.url} --region ${region}`,
  );
}

export function checkFunction(
  name: string,
  found: FunctionState | undefined,
  deployment: GuardDeployment,
): CheckResult {
  if (found === undefined) return fail(`there is no function ${name}`, redeployCommand(deployment));
  const { state, stateReason, lastUpdate, lastUpdateReason, reservedConcurrency, mode } = found;
  if (state === "Failed" || lastUpdate === "Failed") {
    const why = stateReason ?? lastUpdateReason;
    return fail(`${name} cannot run${why === undefined ? "" : `: ${why}`}`, redeployCommand(deployment));
  }
  if (reservedConcurrency === 0) {
    return fail(
      `${name} is kept from running: its reserved concurrency is 0`,
      command`aws lambda delete-function-concurrency --function-name ${name} --region ${deployment.region}`,
    );
  }
  if (mode !== undefined && mode !== deployment.mode) {
    return fail(
      `${name} is in ${mode} mode, and was deployed in ${deployment.mode} mode`,
      redeployCommand(deployment),
    );
  }
  if (found.deadLettersArn === undefined) {
    return fail(
      `an event that ${name} gives up on is lost: no on-failure destination`,
      redeployCommand(deployment),
    );
  }
  if (state === "Pending" || lastUpdate === "InProgress") {
    return warning(`${name} is being deployed`, "wait a minute, then run it again");
  }
  return ok(`${name} is ready`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function textsOf(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).filter((text) => typeof text === "string");
}
