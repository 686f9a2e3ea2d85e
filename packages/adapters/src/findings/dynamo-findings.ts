import type { AttributeValue, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { type OutcomeName, type StepOutcome, stepKey } from "@kms-guard/core/containment/steps.ts";
import { FINDING_STATUSES, type Finding, type FindingStatus } from "@kms-guard/core/findings/finding.ts";
import { subjectKey } from "@kms-guard/core/findings/subject.ts";
import type { Clock, FindingRecord, Findings, Stored } from "@kms-guard/guard/ports.ts";
import { dynamoNotifications } from "./dynamo-notifications.ts";
import { type Condition, dynamoTable } from "./dynamo-table.ts";
import {
  accountPartition,
  exemptionKey,
  exemptionsPartition,
  FINDING_KEY,
  findingIdOf,
  findingPartition,
  type Item,
  itemKey,
  outcomeKey,
  POLICY_KEY,
  subjectPartition,
} from "./keys.ts";
import { readExemption, readRecord } from "./read-items.ts";
import { storeText } from "./stored-text.ts";
import { FINDINGS_TABLE } from "./table.ts";

/** So many findings of a list are read at a time. */
const READ_AHEAD = 10;

/**
 * An account's findings, containments and exemptions in a DynamoDB table (see `FINDINGS_TABLE`), and the claims on their
 * notifications. The SDK is loaded with the first call. What was stored is validated on the way out: an item that is not
 * what this version writes is `unreadable`.
 * Needs dynamodb:Query, PutItem, UpdateItem and DeleteItem on the table, and Query on its index.
 */
export function dynamoFindings(options: {
  readonly client: () => Promise<DynamoDBClient>;
  readonly tableName: string;
  /** Twelve digits: whose findings and exemptions these are. */
  readonly account: string;
  readonly clock: Pick<Clock, "nowMs">;
}): Findings {
  const table = dynamoTable(options);
  const { account } = options;
  const partitionOf = (id: string) => findingPartition(account, id);
  const exemptionsKey = (id: string) => itemKey(exemptionsPartition(account), exemptionKey(id));

  /** The value as an attribute, its parts, if any, already written. */
  async function written(pk: string, value: unknown): Promise<AttributeValue> {
    const { attribute, parts } = storeText(JSON.stringify(value));
    for (const { sortKey, bytes } of parts) {
      await table.put({ ...itemKey(pk, sortKey), bytes: { B: bytes } });
    }
    return attribute;
  }

  async function get(id: string): Promise<Stored<FindingRecord> | undefined> {
    return readRecord(id, await table.partition(partitionOf(id)));
  }

  /** Newest first. The index may lag behind: what it names has still to be read from the table. */
  async function* listedIds(
    kind: string,
    statuses: readonly FindingStatus[] | undefined,
  ): AsyncIterable<readonly string[]> {
    const { index } = FINDINGS_TABLE;
    const filter = statuses && statusFilter(statuses);
    const pages = table.query({
      IndexName: index.name,
      ScanIndexForward: false,
      KeyConditionExpression: "#kind = :kind",
      ExpressionAttributeNames: {
        "#kind": index.partitionKey,
        ...filter?.names,
      },
      ExpressionAttributeValues: { ":kind": { S: kind }, ...filter?.values },
      ...(filter !== undefined && { FilterExpression: filter.expression }),
    });
    for await (const page of pages) {
      const ids = page.flatMap(findingIdOf);
      for (let start = 0; start < ids.length; start += READ_AHEAD) yield ids.slice(start, start + READ_AHEAD);
    }
  }

  return {
    async open(finding, plan) {
      const pk = partitionOf(finding.id);
      const item = {
        ...itemKey(pk, FINDING_KEY),
        kind: { S: accountPartition(account) },
        ...listing(finding),
        finding: await written(pk, finding),
        plan: await written(pk, plan),
      };
      const isNew = { expression: "attribute_not_exists(pk)" };
      // At the same time, since a containment waits for it. Either may be there alone after a failure, and the retry
      // writes the other: who reads the index looks the finding up.
      const [isOpened] = await Promise.all([
        table.put(item, isNew),
        table.put({ ...itemKey(pk, POLICY_KEY), ...underSubject(finding) }, isNew),
      ]);
      if (isOpened) return { kind: "opened" };
      const stored = await get(finding.id);
      if (stored === undefined) throw new Error(`finding ${finding.id} was removed from table ${table.name}`);
      return stored.kind === "unreadable" ? stored : { kind: "already-open", record: stored.record };
    },

    async recordOutcome(id, outcome) {
      const pk = partitionOf(id);
      const put = async (next: StepOutcome, kept: readonly OutcomeName[]) =>
        table.put(
          {
            ...itemKey(pk, outcomeKey(stepKey(next))),
            outcome: { S: next.outcome },
            stepOutcome: await written(pk, next),
          },
          unlessLast(kept),
        );
      if ((await put(outcome, KEPT_BY[outcome.outcome])) || outcome.outcome !== "already") return outcome;
      const done: StepOutcome = { ...outcome, outcome: "done" };
      await put(done, ["done"]);
      return done;
    },

    async close(finding) {
      const pk = partitionOf(finding.id);
      const ended = { finding: await written(pk, finding), status: { S: finding.status } };
      const isThere = { expression: "attribute_exists(pk)" };
      if (!(await table.set(itemKey(pk, FINDING_KEY), ended, isThere))) {
        throw new Error(`finding ${finding.id} is not in table ${table.name}: it has to be opened first`);
      }
      await table.set(itemKey(pk, POLICY_KEY), underSubject(finding));
    },

    get,

    async *list({ status, subject, limit = Number.POSITIVE_INFINITY } = {}) {
      const statuses = typeof status === "string" ? [status] : status;
      let left = limit;
      if (left <= 0) return;
      for await (const ids of listedIds(
        subject === undefined ? accountPartition(account) : subjectPartition(subject),
        statuses,
      )) {
        for (const stored of await Promise.all(ids.map(get))) {
          if (stored === undefined) continue;
          if (stored.kind === "record" && statuses?.includes(stored.record.finding.status) === false)
            continue;
          yield stored;
          left -= 1;
          if (left <= 0) return;
        }
      }
    },

    async exemptions() {
      return (await table.partition(exemptionsPartition(account))).map(readExemption);
    },

    async addExemption(exemption) {
      await table.put({ ...exemptionsKey(exemption.id), exemption: { S: JSON.stringify(exemption) } });
    },

    removeExemption: (id) => table.remove(exemptionsKey(id), { expression: "attribute_exists(pk)" }),

    ...dynamoNotifications(table, options),
  };
}

/** Those statuses, and what this version does not know: nobody else would find it. */
function statusFilter(statuses: readonly FindingStatus[]) {
  const known = FINDING_STATUSES.map((status) => [status, `:${status.replaceAll("-", "")}`] as const);
  const listed = (among: readonly FindingStatus[]) =>
    known.flatMap(([status, name]) => (among.includes(status) ? [name] : [])).join(", ");
  return {
    expression: `#status IN (${listed(statuses)}) OR NOT #status IN (${listed(FINDING_STATUSES)})`,
    names: { "#status": "status" },
    values: Object.fromEntries(known.map(([status, name]) => [name, { S: status }])),
  };
}

/** Which earlier outcomes of a step one does not replace. */
const KEPT_BY: Readonly<Record<OutcomeName, readonly OutcomeName[]>> = {
  done: [],
  already: ["done", "failed", "skipped"],
  failed: ["done"],
  skipped: ["done", "already"],
};

function unlessLast(kept: readonly OutcomeName[]): Condition | undefined {
  if (kept.length === 0) return undefined;
  const values = Object.fromEntries(kept.map((name) => [`:${name}`, { S: name }]));
  return {
    expression: `attribute_not_exists(pk) OR NOT #outcome IN (${Object.keys(values).join(", ")})`,
    names: { "#outcome": "outcome" },
    values,
  };
}

/** What places a finding in the index, beside its `kind`. */
function listing({ id, status, timing }: Finding): Item {
  return { at: { S: `${timing.receivedAt}#${id}` }, status: { S: status } };
}

function underSubject(finding: Finding): Item {
  return {
    kind: { S: subjectPartition(subjectKey(finding.account, finding.policy)) },
    ...listing(finding),
  };
}
