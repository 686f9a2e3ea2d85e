import { iamConnection } from "@kms-guard/adapters/iam/connection.ts";
import { type Moto, startMoto } from "@kms-guard/sandbox/moto/moto.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { memoryIo } from "../../packages/cli/src/io/memory-io.fixture.ts";
import { run } from "../../packages/cli/src/program.ts";
import { iamSeed } from "../moto/iam-seed.ts";

const allow = (action: string) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: action, Resource: "*" }] });

describe("kms-guard scan --live", () => {
  let moto: Moto;
  const scan = async (...args: string[]) => {
    const env = {
      AWS_ENDPOINT_URL: moto.endpoint,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "any",
      AWS_SECRET_ACCESS_KEY: "any",
    };
    const io = memoryIo({ env });
    const code = await run(["scan", "--live", ...args], io);
    return { code, out: io.out(), err: io.err() };
  };

  beforeAll(async () => {
    moto = await startMoto();
    process.env.AWS_ENDPOINT_URL = moto.endpoint;
    process.env.AWS_ACCESS_KEY_ID ??= "any";
    process.env.AWS_SECRET_ACCESS_KEY ??= "any";
  });
  afterAll(() => moto.stop());

  it("is clean on an account without a grant", async () => {
    expect(await scan()).toMatchObject({
      code: 0,
      out: expect.stringContaining("No policy grants full KMS access."),
    });
  });

  it("finds managed and inline grants, who holds them, and what is stored and waits", async () => {
    const { client } = await iamConnection({ region: "us-east-1" })();
    const seed = iamSeed(client);
    await seed.createUser("alice");
    await seed.createRole("build");
    const arn = await seed.createPolicy("key-tools", allow("kms:*"));
    await seed.attachPolicy({ type: "user", name: "alice" }, arn);
    await seed.putInlinePolicy({ type: "role", name: "build" }, "everything", allow("*"));
    const armed = await seed.createPolicy("waits", allow("s3:*"));
    await seed.createPolicyVersion(armed, allow("kms:*"), false);

    const { code, out, err } = await scan("--output", "jsonl");
    const rows = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line))
      .map(({ id, kind, verdict, source }) => ({ id, kind, verdict, source }));
    expect(code).toBe(2);
    expect(rows).toEqual([
      { id: arn, kind: "managed", verdict: "full", source: "account 111122223333" },
      {
        id: "arn:aws:iam::111122223333:role/build/everything",
        kind: "inline",
        verdict: "full",
        source: "account 111122223333",
      },
    ]);
    expect(err).toContain("policy/waits has the dormant version `v2`");
    expect((await scan()).out).toContain("attached to user/alice");
  });

  it("takes no files besides", async () => {
    expect(await scan("policies/")).toMatchObject({
      code: 3,
      err: expect.stringContaining("takes no files"),
    });
  });
});
