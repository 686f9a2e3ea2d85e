import { memberOf } from "@kms-guard/core/events/cloudtrail-record.ts";
import type { MotoCalls } from "../moto/moto-calls.ts";
import { type Inputs, listIn, textIn } from "./inputs.ts";

/** A table with its indexes, and what keeps it from being lost. */
export async function makeTable(calls: MotoCalls, inputs: Inputs): Promise<void> {
  const TableName = textIn(inputs, "name");
  await calls.json("dynamodb", "CreateTable", {
    TableName,
    BillingMode: "PAY_PER_REQUEST",
    DeletionProtectionEnabled: inputs.deletionProtectionEnabled,
    AttributeDefinitions: listIn(inputs, "attributes").map((attribute) => ({
      AttributeName: memberOf(attribute, "name"),
      AttributeType: memberOf(attribute, "type"),
    })),
    KeySchema: keysOf(inputs),
    GlobalSecondaryIndexes: listIn(inputs, "globalSecondaryIndexes").map((index) => ({
      IndexName: memberOf(index, "name"),
      KeySchema: keysOf(index),
      Projection: {
        ProjectionType: memberOf(index, "projectionType"),
        NonKeyAttributes: memberOf(index, "nonKeyAttributes"),
      },
    })),
  });
  const PointInTimeRecoveryEnabled = memberOf(inputs.pointInTimeRecovery, "enabled") === true;
  await calls.json("dynamodb", "UpdateContinuousBackups", {
    ...{ TableName, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled } },
  });
}

function keysOf(keyed: unknown) {
  return [
    { AttributeName: memberOf(keyed, "hashKey"), KeyType: "HASH" },
    { AttributeName: memberOf(keyed, "rangeKey"), KeyType: "RANGE" },
  ];
}
