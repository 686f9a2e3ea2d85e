import type { ContainmentStep, StepOutcome } from "@kms-guard/core/containment/steps.ts";
import type { Exemption } from "@kms-guard/core/exemptions/exemption.ts";
import type { FindingRecord } from "@kms-guard/guard/ports.ts";
import * as v from "valibot";
import { FINDING_KEY, type Item, outcomeKey, stepIndexOf } from "./keys.ts";
import {
  exemptionSchema,
  findingSchema,
  findingStatusSchema,
  planSchema,
  stepOutcomeSchema,
} from "./schema.ts";
import { readText } from "./stored-text.ts";

/** What is stored is not what this version stores; the message says what to do about it. */
export class UnreadableItem extends Error {
  override readonly name = "UnreadableItem";
}

/** The record that a partition's items are, sorted by their sort key; `undefined` where the finding itself is not there. */
export function readRecord(tableName: string, items: readonly Item[]): FindingRecord | undefined {
  const bySortKey = new Map(items.map((item) => [item.sk?.S ?? "", item]));
  const head = bySortKey.get(FINDING_KEY);
  if (head === undefined) return undefined;
  const part = (sortKey: string) => bySortKey.get(sortKey)?.bytes?.B;
  const read = <T>(item: Item, attribute: string, schema: v.GenericSchema<unknown, T>): T =>
    readItem({ tableName, item, attribute, schema, part });
  const finding = read(head, "finding", findingSchema);
  const plan = read(head, "plan", planSchema);
  return {
    finding,
    plan,
    outcomes: outcomesOf(bySortKey, plan, finding.timing.receivedAt, (item) =>
      read(item, "stepOutcome", stepOutcomeSchema),
    ),
    published: publishedStatuses(items),
  };
}

export function readExemption(tableName: string, item: Item): Exemption {
  return readItem({
    tableName,
    item,
    attribute: "exemption",
    schema: exemptionSchema,
    part: () => undefined,
  });
}

/**
 * One for each step up to the last that has one, so that places are the plan's. A step between that has none was
 * tried perhaps, and its outcome could not be written: it is `skipped`, so that it is tried again.
 */
function outcomesOf(
  bySortKey: ReadonlyMap<string, Item>,
  plan: readonly ContainmentStep[],
  at: string,
  read: (item: Item) => StepOutcome,
): readonly StepOutcome[] {
  const last = Math.max(-1, ...[...bySortKey.keys()].flatMap(stepIndexOf));
  return Array.from({ length: last + 1 }, (_, index) => {
    const item = bySortKey.get(outcomeKey(index));
    if (item !== undefined) return [read(item)];
    const step = plan[index];
    return step === undefined
      ? []
      : [{ ...step, outcome: "skipped" as const, error: "its outcome was not recorded", at }];
  }).flat();
}

function publishedStatuses(items: readonly Item[]): FindingRecord["published"] {
  const claims = items.filter((item) => item.sk?.S?.startsWith("CLAIM#"));
  const statuses = claims.flatMap((item) => {
    const status = v.safeParse(findingStatusSchema, item.status?.S);
    return status.success ? [status.output] : [];
  });
  return [...new Set(statuses)];
}

function readItem<T>(from: {
  readonly tableName: string;
  readonly item: Item;
  readonly attribute: string;
  readonly schema: v.GenericSchema<unknown, T>;
  readonly part: (sortKey: string) => Uint8Array | undefined;
}): T {
  try {
    const value: unknown = JSON.parse(readText(from.item[from.attribute], from.part));
    const result = v.safeParse(from.schema, value);
    if (result.success) return result.output;
    throw new Error(
      result.issues.map((issue) => `${v.getDotPath(issue) ?? "it"}: ${issue.message}`).join("; "),
    );
  } catch (error) {
    const { pk, sk } = from.item;
    throw new UnreadableItem(
      `table ${from.tableName}: \`${from.attribute}\` of item \`${pk?.S}\` / \`${sk?.S}\` cannot be read: ` +
        `${error instanceof Error ? error.message : String(error)}. ` +
        "It was changed by hand or written by another version: put it right, or restore the table to a point in time",
      { cause: error },
    );
  }
}
