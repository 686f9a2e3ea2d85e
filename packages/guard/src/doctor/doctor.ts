import { type Diagnosis, type Judged, judged } from "./diagnosis.ts";
import {
  judgeDeadLetters,
  judgeFunction,
  judgeInvokers,
  judgeRegion,
  judgeRule,
  judgeTargets,
} from "./event-path.ts";
import {
  judgeAlarms,
  judgeChat,
  judgeLast,
  judgeSlack,
  judgeSubscriptions,
  judgeTable,
} from "./notifications.ts";
import type { Observations } from "./observations.ts";
import { judgeBoundary, judgeRole } from "./rights.ts";
import { judgeTrails } from "./trail.ts";

/** Judges what was seen of a deployed guard, one diagnosis a check, along the way of an event. */
export function diagnose(seen: Observations): readonly Diagnosis[] {
  const { place } = seen;
  const { slackName, chatName } = place;
  const check = (name: string, verdict: Judged): Diagnosis => ({ check: name, ...verdict });
  return [
    check("region", judgeRegion(place)),
    check(
      "trail",
      judged(seen.trails, (trails) => judgeTrails(trails, place)),
    ),
    check(
      "rule",
      judged(seen.rule, (rule) => judgeRule(rule, place)),
    ),
    check(
      "target",
      judged(seen.targets, (targets) => judgeTargets(targets, place)),
    ),
    check(
      "invocation",
      judged(seen.invokers, (policy) => judgeInvokers(policy, place)),
    ),
    ...seen.functions.map(({ name, state }) =>
      check(
        "function",
        judged(state, (found) => judgeFunction(name, found, place)),
      ),
    ),
    ...seen.roles.flatMap(({ name, state }) => [
      check(
        "permissions",
        judged(state, (role) => judgeRole(name, role, place)),
      ),
      ...(state.kind === "read" ? [check("boundary", judgeBoundary(name, state.value))] : []),
    ]),
    check(
      "dead letters",
      judged(seen.deadLetters, (queue) => judgeDeadLetters(queue, place)),
    ),
    check(
      "table",
      judged(seen.table, (table) => judgeTable(table, place)),
    ),
    check(
      "subscriptions",
      judged(seen.subscriptions, (found) => judgeSubscriptions(found, place)),
    ),
    ...(slackName === undefined
      ? []
      : [
          check(
            "slack",
            judged(seen.subscriptions, (found) => judgeSlack(found, slackName, place)),
          ),
        ]),
    ...(chatName === undefined || seen.chat === undefined
      ? []
      : [check("chat", judgedChat(seen, seen.chat, chatName))]),
    check(
      "alarms",
      judged(seen.alarms, (alarms) => judgeAlarms(alarms, place)),
    ),
    check("last event", judgeLast("event", seen.lastEvent, place)),
    check("last sweep", judgeLast("sweep", seen.lastSweep, place)),
  ];
}

function judgedChat(
  { subscriptions, place }: Observations,
  chat: NonNullable<Observations["chat"]>,
  name: string,
): Judged {
  return judged(subscriptions, (alerts) => judged(chat, (found) => judgeChat(alerts, found, name, place)));
}
