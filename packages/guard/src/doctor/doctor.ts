import { type CheckResult, type Diagnosis, resultOf } from "./diagnosis.ts";
import {
  checkDeadLetters,
  checkFunction,
  checkInvokers,
  checkRegion,
  checkRule,
  checkTargets,
} from "./event-path.ts";
import {
  checkAlarms,
  checkChat,
  checkLast,
  checkSlack,
  checkSubscriptions,
  checkTable,
} from "./notifications.ts";
import type { Observations } from "./observations.ts";
import { checkBoundary, checkRole } from "./rights.ts";
import { checkTrails } from "./trail.ts";

/** Checks what was observed of a deployed guard, one diagnosis per check, in the order of an event's path. */
export function diagnose(seen: Observations): readonly Diagnosis[] {
  const { deployment } = seen;
  const { slackName, chatName } = deployment;
  const check = (name: string, result: CheckResult): Diagnosis => ({ check: name, ...result });
  return [
    check("region", checkRegion(deployment)),
    check(
      "trail",
      resultOf(seen.trails, (trails) => checkTrails(trails, deployment)),
    ),
    check(
      "rule",
      resultOf(seen.rule, (rule) => checkRule(rule, deployment)),
    ),
    check(
      "target",
      resultOf(seen.targets, (targets) => checkTargets(targets, deployment)),
    ),
    check(
      "invocation",
      resultOf(seen.invokers, (policy) => checkInvokers(policy, deployment)),
    ),
    ...seen.functions.map(({ name, state }) =>
      check(
        "function",
        resultOf(state, (found) => checkFunction(name, found, deployment)),
      ),
    ),
    ...seen.roles.flatMap(({ name, state }) => [
      check(
        "permissions",
        resultOf(state, (role) => checkRole(name, role, deployment)),
      ),
      ...(state.kind === "read" ? [check("boundary", checkBoundary(name, state.value))] : []),
    ]),
    check(
      "dead letters",
      resultOf(seen.deadLetters, (queue) => checkDeadLetters(queue, deployment)),
    ),
    check(
      "table",
      resultOf(seen.table, (table) => checkTable(table, deployment)),
    ),
    check(
      "subscriptions",
      resultOf(seen.subscriptions, (found) => checkSubscriptions(found, deployment)),
    ),
    ...(slackName === undefined
      ? []
      : [
          check(
            "slack",
            resultOf(seen.subscriptions, (found) => checkSlack(found, slackName, deployment)),
          ),
        ]),
    ...(chatName === undefined || seen.chat === undefined
      ? []
      : [check("chat", chatResult(seen, seen.chat, chatName))]),
    check(
      "alarms",
      resultOf(seen.alarms, (alarms) => checkAlarms(alarms, deployment)),
    ),
    check("last event", checkLast("event", seen.lastEvent, deployment)),
    check("last sweep", checkLast("sweep", seen.lastSweep, deployment)),
  ];
}

function chatResult(
  { subscriptions, deployment }: Observations,
  chat: NonNullable<Observations["chat"]>,
  name: string,
): CheckResult {
  return resultOf(subscriptions, (alerts) =>
    resultOf(chat, (found) => checkChat(alerts, found, name, deployment)),
  );
}
