import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DynamoDBClient,
} from "@aws-sdk/client-dynamodb";
import type { Observed } from "@kms-guard/guard/doctor/diagnosis.ts";
import type { Table } from "@kms-guard/guard/doctor/observations.ts";
import type { AwsAccess } from "../aws-sdk/aws-access.ts";
import { asking, observe, observeThere } from "./observe.ts";

/** The state of a table, and how it is protected from loss. */
export function observeTable(access: AwsAccess, TableName: string): Promise<Observed<Table | undefined>> {
  const client = new DynamoDBClient(asking(access));
  return observeThere("dynamodb:DescribeTable", async () => {
    const { Table: found } = await client.send(new DescribeTableCommand({ TableName }));
    const hasPointInTimeRecovery = await observe("dynamodb:DescribeContinuousBackups", async () => {
      const { ContinuousBackupsDescription: backups } = await client.send(
        new DescribeContinuousBackupsCommand({ TableName }),
      );
      return backups?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus === "ENABLED";
    });
    return {
      status: found?.TableStatus ?? "",
      hasDeletionProtection: found?.DeletionProtectionEnabled ?? false,
      hasPointInTimeRecovery,
    };
  });
}
