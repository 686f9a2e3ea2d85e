import { UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { awsClients } from "@kms-guard/adapters/aws-clients.ts";
import { dynamoFindings } from "@kms-guard/adapters/findings/dynamo-findings.ts";
import { type Moto, startMoto } from "@kms-guard/sandbox/moto/moto.ts";
import { afterAll, beforeAll } from "vitest";
import { createFindingsTable } from "../moto/deployed-guard.ts";
import { findingsContract } from "./findings.contract.ts";

let moto: Moto;
beforeAll(async () => {
  moto = await startMoto();
  process.env.AWS_ENDPOINT_URL = moto.endpoint;
  process.env.AWS_ACCESS_KEY_ID = "AKIAADMIN";
  process.env.AWS_SECRET_ACCESS_KEY = "invented";
});
afterAll(() => moto.stop());

let tables = 0;

findingsContract("DynamoDB", async () => {
  tables += 1;
  const tableName = `Findings-${tables}`;
  await createFindingsTable(tableName);
  const { dynamoDb } = awsClients({ region: "us-east-1" });
  const damage = async (pk: string, sk: string, attribute: string) => {
    await (await dynamoDb()).send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: { pk: { S: pk }, sk: { S: sk } },
        UpdateExpression: "SET #attribute = :text",
        ExpressionAttributeNames: { "#attribute": attribute },
        ExpressionAttributeValues: { ":text": { S: '{"schemaVersion":"2"}' } },
      }),
    );
  };
  const findingsOf = (account: string) =>
    dynamoFindings({ client: dynamoDb, tableName, account, clock: { nowMs: () => Date.now() } });
  return {
    findings: findingsOf("111122223333"),
    others: findingsOf("444455556666"),
    damageFinding: (id) => damage(`FINDING#111122223333#${id}`, "FINDING", "finding"),
    damageExemption: (id) => damage("EXEMPTIONS#111122223333", `EXEMPTION#${id}`, "exemption"),
  };
});
