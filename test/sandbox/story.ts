import { CreateAccessKeyCommand, IAMClient } from "@aws-sdk/client-iam";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { iamSeed } from "../moto/iam-seed.ts";
import type { SandboxChild } from "./child.ts";
import { ANYBODY } from "./kms-guard.ts";

/** An account in which something has happened. */
export interface Story {
  /** The keys of user `ops`, who did it. */
  readonly ops: typeof ANYBODY;
  /** What each finding is called, by its id: `kg-made`, `kg-role`, `kg-user`, `kg-group`. */
  readonly names: Map<string, string>;
}

const allow = (action: string) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: action, Resource: "*" }] });

/**
 * User `ops` gives everything to a role, a user and a group, and something harmless to the role; then a sweep runs.
 * Every channel delivers each step before the next one is made.
 */
export async function tellStory(sandbox: SandboxChild): Promise<Story> {
  const root = clientOf(IAMClient, sandbox, ANYBODY);
  await iamSeed(root).createUser("ops");
  const { AccessKey } = await root.send(new CreateAccessKeyCommand({ UserName: "ops" }));
  const { AccessKeyId: accessKeyId = "", SecretAccessKey: secretAccessKey = "" } = AccessKey ?? {};
  const ops = { accessKeyId, secretAccessKey };
  const names = new Map<string, string>();

  async function delivered(name: string, eventName: string): Promise<void> {
    for (const wanted of ["history", "slack", "sns-email"]) {
      const { finding } = await sandbox.delivery(
        (delivery) => delivery.channel === wanted && delivery.finding.trigger.eventName === eventName,
      );
      names.set(finding.id, name);
    }
  }

  const seed = iamSeed(clientOf(IAMClient, sandbox, ops));
  const deployer = { type: "role", name: "Deployer" } as const;
  await seed.createRole("Deployer");
  await seed.createUser("alice");
  await seed.createGroup("Analysts");
  await seed.addUserToGroup("Analysts", "alice");
  await seed.attachPolicy(deployer, await seed.createPolicy("ReadKeys", allow("kms:DescribeKey")));
  const team = await seed.createPolicy("TeamX", allow("kms:*"));
  await delivered("kg-made", "CreatePolicy");
  await seed.attachPolicy(deployer, team);
  await delivered("kg-role", "AttachRolePolicy");
  await seed.putInlinePolicy({ type: "user", name: "alice" }, "keys", allow("kms:*"));
  await delivered("kg-user", "PutUserPolicy");
  await seed.putInlinePolicy({ type: "group", name: "Analysts" }, "everything", allow("*"));
  await delivered("kg-group", "PutGroupPolicy");
  const sweep = new InvokeCommand({ FunctionName: "kms-guard-sandbox-sweep" });
  await clientOf(LambdaClient, sandbox, ops).send(sweep);
  return { ops, names };
}

/** A client of AWS's SDK whose AWS is the sandbox. */
export function clientOf<C>(
  Client: new (options: { region: string; endpoint: string; credentials: typeof ANYBODY }) => C,
  { endpoint }: Pick<SandboxChild, "endpoint">,
  credentials: typeof ANYBODY,
): C {
  return new Client({ region: "us-east-1", endpoint, credentials });
}
