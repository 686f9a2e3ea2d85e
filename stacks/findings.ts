import { FINDINGS_TABLE } from "@kms-guard/adapters/findings/table.ts";
import type { DeploymentContext } from "./context.ts";

/** Findings, containments and exemptions: what a restore starts from, and what an auditor asks for. */
export function findingsTable({ production }: DeploymentContext): sst.aws.Dynamo {
  const { partitionKey, sortKey, index } = FINDINGS_TABLE;
  return new sst.aws.Dynamo("Findings", {
    fields: {
      [partitionKey]: "string",
      [sortKey]: "string",
      [index.partitionKey]: "string",
      [index.sortKey]: "string",
    },
    primaryIndex: { hashKey: partitionKey, rangeKey: sortKey },
    globalIndexes: {
      [index.name]: {
        hashKey: index.partitionKey,
        rangeKey: index.sortKey,
        projection: [...index.include],
      },
    },
    deletionProtection: production,
  });
}
