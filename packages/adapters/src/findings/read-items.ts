import { inPlanOrder } from "@kms-guard/core/containment/steps.ts";
import type { Exemption } from "@kms-guard/core/exemptions/exemption.ts";
import type { FindingRecord, Stored } from "@kms-guard/guard/ports.ts";
import * as v from "valibot";
import { exemptionIdOf, FINDING_KEY, type Item, isOutcome } from "./keys.ts";
import {
  exemptionSchema,
  findingSchema,
  findingStatusSchema,
  planSchema,
  stepOutcomeSchema,
} from "./schema.ts";
import { readText } from "./stored-text.ts";

/** The text of an item is not what this version writes. */
class UnreadableItem extends Error {
  override readonly name = "UnreadableItem";
}

/** The record of a finding's items; `undefined` where the finding itself is not among them. */
export function readRecord(id: string, items: readonly Item[]): Stored<FindingRecord> | undefined {
  const bySortKey = new Map(items.map((item) => [item.sk?.S ?? "", item]));
  const head = bySortKey.get(FINDING_KEY);
  return head && readable(id, () => recordOf(head, bySortKey));
}

export function readExemption(item: Item): Stored<Exemption> {
  return readable(exemptionIdOf(item), () => readItem(item, "exemption", exemptionSchema, () => undefined));
}

/** Anything but a damaged item throws. */
function readable<T>(id: string, read: () => T): Stored<T> {
  try {
    return { kind: "record", record: read() };
  } catch (error) {
    if (error instanceof UnreadableItem) return { kind: "unreadable", id, problem: error.message };
    throw error;
  }
}

function recordOf(head: Item, bySortKey: ReadonlyMap<string, Item>): FindingRecord {
  const items = [...bySortKey.values()];
  const part = (sortKey: string) => bySortKey.get(sortKey)?.bytes?.B;
  const read = <T>(item: Item, attribute: string, schema: v.GenericSchema<unknown, T>): T =>
    readItem(item, attribute, schema, part);
  const finding = read(head, "finding", findingSchema);
  const plan = read(head, "plan", planSchema);
  return {
    finding,
    plan,
    outcomes: inPlanOrder(
      plan,
      items.filter(isOutcome).map((item) => read(item, "stepOutcome", stepOutcomeSchema)),
    ),
    notified: notifiedStatuses(items),
  };
}

function notifiedStatuses(items: readonly Item[]): FindingRecord["notified"] {
  const claims = items.filter((item) => item.sk?.S?.startsWith("CLAIM#") && item.complete?.BOOL === true);
  const statuses = claims.flatMap((item) => {
    const status = v.safeParse(findingStatusSchema, item.status?.S);
    return status.success ? [status.output] : [];
  });
  return [...new Set(statuses)];
}

function readItem<T>(
  item: Item,
  attribute: string,
  schema: v.GenericSchema<unknown, T>,
  part: (sortKey: string) => Uint8Array | undefined,
): T {
  const result = v.safeParse(schema, parsed(item, attribute, part));
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw unreadable(item, attribute, `${v.getDotPath(issue) ?? "it"}: ${issue.message}`);
}

function parsed(item: Item, attribute: string, part: (sortKey: string) => Uint8Array | undefined): unknown {
  try {
    return JSON.parse(readText(item[attribute], part));
  } catch (cause) {
    throw unreadable(item, attribute, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function unreadable({ sk }: Item, attribute: string, problem: string, cause?: unknown): UnreadableItem {
  return new UnreadableItem(`\`${attribute}\` of item \`${sk?.S}\` cannot be read: ${problem}`, { cause });
}
