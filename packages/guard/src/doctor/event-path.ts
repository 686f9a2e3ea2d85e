import { arnName, lambdaFunctionName } from "@kms-guard/core/aws/arn.ts";
import { iamRegionOf } from "@kms-guard/core/aws/partitions.ts";
import { memberOf } from "@kms-guard/core/events/cloudtrail-record.ts";
import { type EventPattern, eventPattern } from "@kms-guard/core/events/rule-pattern.ts";
import { fail, type Judged, ok, warning } from "./diagnosis.ts";
import type { FunctionState, Place, Queue, Rule, Target } from "./observations.ts";
import { anewFor, command } from "./text.ts";

/** IAM's events are in one region of a partition, and nowhere else. */
export function judgeRegion({ partition, region, stage }: Place): Judged {
  const home = iamRegionOf(partition);
  return region === home
    ? ok(`${region}, where the calls on IAM are heard of`)
    : fail(
        `${region}, where no call on IAM is heard of: in partition ${partition} that is ${home}`,
        command`AWS_REGION=${home} npx sst deploy --stage ${stage}`,
      );
}

export function judgeRule(rule: Rule | undefined, place: Place): Judged {
  const { ruleName, region } = place;
  if (rule === undefined) return fail(`there is no rule ${ruleName}`, anewFor(place));
  if (!rule.state.startsWith("ENABLED")) {
    return fail(
      `${ruleName} is ${rule.state}: the guard hears of nothing`,
      command`aws events enable-rule --name ${ruleName} --region ${region}`,
    );
  }
  const difference = patternDifference(rule.pattern);
  return difference === undefined
    ? ok(`${ruleName} is enabled, with the pattern of this version`)
    : fail(`${ruleName} has another pattern than this version: ${difference}`, anewFor(place));
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
    ...(more.length === 0 ? [] : [`with ${more.join(", ")} besides`]),
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

export function judgeTargets(targets: readonly Target[], place: Place): Judged {
  const { functionName, ruleName } = place;
  const target = targets.find(({ arn }) => lambdaFunctionName(arn) === functionName);
  if (target === undefined) {
    return fail(`function ${functionName} is not a target of rule ${ruleName}`, anewFor(place));
  }
  if (target.deadLettersArn === undefined) {
    return fail("an event that EventBridge cannot deliver is lost: no dead-letter queue", anewFor(place));
  }
  return ok(`function ${functionName}, with dead letters in ${arnName(target.deadLettersArn)}`);
}

/** Whether the function's resource policy lets the rule, by name, invoke it. */
export function judgeInvokers(policy: string | undefined, place: Place): Judged {
  const { functionName, partition, region, account, ruleName } = place;
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

export function judgeDeadLetters(queue: Queue | undefined, place: Place): Judged {
  if (queue === undefined) return fail("the dead-letter queue of the rule is not there", anewFor(place));
  if (queue.messages === 0) return ok("there are none");
  const many = queue.messages === 1 ? "1 event was" : `${queue.messages} events were`;
  const { region, sweepName } = place;
  return fail(
    `${many} not delivered or not handled`,
    command`look: aws sqs receive-message --queue-url ${queue.url} --region ${region}; make up for it: aws lambda invoke --function-name ${sweepName} --region ${region} /dev/stdout; then: aws sqs purge-queue --queue-url ${queue.url} --region ${region}`,
  );
}

export function judgeFunction(name: string, found: FunctionState | undefined, place: Place): Judged {
  if (found === undefined) return fail(`there is no function ${name}`, anewFor(place));
  const { state, stateReason, lastUpdate, lastUpdateReason, reservedConcurrency, mode } = found;
  if (state === "Failed" || lastUpdate === "Failed") {
    const why = stateReason ?? lastUpdateReason;
    return fail(`${name} cannot run${why === undefined ? "" : `: ${why}`}`, anewFor(place));
  }
  if (reservedConcurrency === 0) {
    return fail(
      `${name} is kept from running: its reserved concurrency is 0`,
      command`aws lambda delete-function-concurrency --function-name ${name} --region ${place.region}`,
    );
  }
  if (mode !== undefined && mode !== place.mode) {
    return fail(`${name} is in ${mode} mode, and was deployed in ${place.mode} mode`, anewFor(place));
  }
  if (found.deadLettersArn === undefined) {
    return fail(`an event that ${name} gives up on is lost: no on-failure destination`, anewFor(place));
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
