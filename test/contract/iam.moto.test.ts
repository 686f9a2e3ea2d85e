import { IAMClient } from "@aws-sdk/client-iam";
import { iamConnection } from "@kms-guard/adapters/iam/connection.ts";
import { createPolicyReader } from "@kms-guard/adapters/iam/policy-reader.ts";
import { createPolicyWriter } from "@kms-guard/adapters/iam/policy-writer.ts";
import { type Moto, startMoto } from "@kms-guard/sandbox/moto/moto.ts";
import { afterAll, beforeAll } from "vitest";
import { iamSeed } from "../moto/iam-seed.ts";
import { policyReaderContract } from "./policy-reader.contract.ts";
import { policyWriterContract } from "./policy-writer.contract.ts";

let moto: Moto;
beforeAll(async () => {
  moto = await startMoto();
  process.env.AWS_ENDPOINT_URL = moto.endpoint;
  process.env.AWS_ACCESS_KEY_ID = "AKIAADMIN";
  process.env.AWS_SECRET_ACCESS_KEY = "invented";
});
afterAll(() => moto.stop());

async function subject() {
  await moto.reset();
  const connection = iamConnection({ region: "us-east-1" });
  return {
    reader: createPolicyReader(connection),
    writer: createPolicyWriter(connection),
    seed: iamSeed(new IAMClient({ region: "us-east-1" })),
  };
}

// moto's ListEntitiesForPolicy knows no boundaries and takes any ARN; its names are as they were written.
policyReaderContract("IAM", subject, {
  pageSize: 5,
  gaps: ["boundary-uses", "any-case-names", "uses-of-absent"],
});
policyWriterContract("IAM", subject);
