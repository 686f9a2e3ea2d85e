import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { identifyOperator } from "./operator.ts";

const CONFIG = `
[profile oncall]
region = eu-central-1
aws_access_key_id = AKIAONCALL
aws_secret_access_key = invented

[profile nowhere]
aws_access_key_id = AKIANOWHERE
aws_secret_access_key = invented
`;
const ANSWER =
  "<GetCallerIdentityResponse><GetCallerIdentityResult>" +
  "<Arn>arn:aws:sts::111122223333:assumed-role/OnCall/alex</Arn><Account>111122223333</Account>" +
  "</GetCallerIdentityResult></GetCallerIdentityResponse>";

let folder: string;
let sts: Server;
/** `AKIAENV in us-east-1`: how the last call was signed. */
let signed: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kms-guard-operator-"));
  await writeFile(join(folder, "config"), CONFIG);
  sts = createServer((request, response) => {
    const [key = "", , region] = request.headers.authorization?.split("Credential=")[1]?.split("/") ?? [];
    signed = `${key} in ${region}`;
    response.writeHead(200, { "content-type": "text/xml" }).end(ANSWER);
  });
  await new Promise<void>((resolve) => sts.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  sts.close();
  await rm(folder, { recursive: true });
});

beforeEach(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) vi.stubEnv(name, undefined);
  const address = sts.address();
  stubEnvs({
    AWS_ENDPOINT_URL: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`,
    AWS_CONFIG_FILE: join(folder, "config"),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, "none"),
    AWS_EC2_METADATA_DISABLED: "true",
  });
});

function stubEnvs(variables: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
}

const KEYS = { AWS_ACCESS_KEY_ID: "AKIAENV", AWS_SECRET_ACCESS_KEY: "invented" };

describe("identifyOperator", () => {
  test.each([
    { given: "keys of the environment", env: KEYS, choice: {}, as: "AKIAENV in us-east-1" },
    {
      given: "AWS_DEFAULT_REGION",
      env: { ...KEYS, AWS_DEFAULT_REGION: "eu-west-1" },
      choice: {},
      as: "AKIAENV in eu-west-1",
    },
    {
      given: "AWS_REGION, before AWS_DEFAULT_REGION",
      env: { ...KEYS, AWS_DEFAULT_REGION: "eu-west-1", AWS_REGION: "eu-west-2" },
      choice: {},
      as: "AKIAENV in eu-west-2",
    },
    {
      given: "a region named, before AWS_REGION",
      env: { ...KEYS, AWS_REGION: "eu-west-2" },
      choice: { region: "us-west-2" },
      as: "AKIAENV in us-west-2",
    },
    {
      given: "AWS_PROFILE",
      env: { AWS_PROFILE: "oncall" },
      choice: {},
      as: "AKIAONCALL in eu-central-1",
    },
    {
      given: "keys of the environment, before AWS_PROFILE's",
      env: { ...KEYS, AWS_PROFILE: "oncall" },
      choice: {},
      as: "AKIAENV in eu-central-1",
    },
    {
      given: "a profile named, before keys of the environment",
      env: KEYS,
      choice: { profile: "oncall" },
      as: "AKIAONCALL in eu-central-1",
    },
    {
      given: "a profile without a region",
      env: {},
      choice: { profile: "nowhere" },
      as: "AKIANOWHERE in us-east-1",
    },
  ])("with $given", async ({ env, choice, as }) => {
    stubEnvs(env);
    const { account, arn, region, access } = await identifyOperator(choice, process.env);
    expect(signed).toBe(as);
    expect({ account, arn }).toEqual({
      account: "111122223333",
      arn: "arn:aws:sts::111122223333:assumed-role/OnCall/alex",
    });
    expect(as).toBe(`${as.split(" ")[0]} in ${region}`);
    expect(access.region).toBe(region);
  });

  test("throws without any credentials", async () => {
    await expect(identifyOperator({}, process.env)).rejects.toThrow("Could not load credentials");
  });
});
