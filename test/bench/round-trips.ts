import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { IAMClient } from "@aws-sdk/client-iam";
import type { PrincipalName } from "@kms-guard/core/policy/policy.ts";
import { startMoto } from "@kms-guard/sandbox/moto/moto.ts";
import { bundleFunction, functionSource } from "@kms-guard/sandbox/render/bundle-functions.ts";
import { awsProxy } from "@kms-guard/testing/fakes/aws-proxy.ts";
import { iamEvent } from "@kms-guard/testing/fakes/guarded-account.ts";
import { startLambda } from "../lambda/lambda.ts";
import { ADMINISTRATOR, awsVariables, createGuardResources } from "../moto/guard-resources.ts";
import { iamSeed } from "../moto/iam-seed.ts";
import { heading, line } from "./report.ts";

const FULL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}';
const CALL_MS = 50;
const TAKES = /^(Detach|Delete)(User|Role|Group)Policy$/;

/**
 * How many calls on AWS follow one another before the first policy is taken away: the deployed bundle, warm, before
 * moto, each call 50 ms late.
 */
export async function benchRoundTrips(): Promise<void> {
  const moto = await startMoto();
  const folder = await mkdtemp(join(tmpdir(), "kms-guard-bench-"));
  const starts: { readonly action: string; readonly atMs: number }[] = [];
  const proxy = await awsProxy(moto.endpoint, async ({ action }) => {
    starts.push({ action, atMs: performance.now() });
    await delay(CALL_MS);
    return undefined;
  });
  const { file } = await bundleFunction(functionSource("guard"), folder);
  const { variables } = await createGuardResources(moto, "enforce");
  const lambda = await startLambda(file, { ...variables, ...awsVariables(proxy.endpoint) });
  try {
    const events = await violations(moto.endpoint);
    heading(`AWS calls in sequence before the first taking, ${CALL_MS} ms each`);
    for (const [label, event] of events) {
      starts.length = 0;
      const startMs = performance.now();
      const invocation = await lambda.invoke(event);
      if (invocation.kind === "threw") throw new Error(`${label}: ${invocation.error}`);
      const taking = starts.findIndex(({ action }) => TAKES.test(action));
      const takenMs = starts[taking]?.atMs;
      if (takenMs === undefined) throw new Error(`${label}: nothing was taken away`);
      const calls = depth(starts.slice(0, taking).map(({ atMs }) => atMs));
      line(label, `${calls} of ${taking} calls, ${(takenMs - startMs).toFixed(0)} ms`);
    }
  } finally {
    await lambda.stop();
    await proxy.close();
    await moto.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** How many calls, started at these times in their order, at least waited for one another. */
function depth(startsMs: readonly number[]): number {
  const depths: number[] = [];
  for (const startMs of startsMs) {
    const ended = depths.filter((_, index) => (startsMs[index] ?? 0) + CALL_MS <= startMs);
    depths.push(1 + Math.max(0, ...ended));
  }
  return Math.max(0, ...depths);
}

/** An account with a violation of each kind; the first event is there to load what the others need. */
async function violations(endpoint: string): Promise<readonly (readonly [label: string, event: unknown])[]> {
  const seed = iamSeed(new IAMClient({ endpoint, region: "us-east-1", credentials: ADMINISTRATOR }));
  const alice: PrincipalName = { type: "user", name: "alice" };
  const build: PrincipalName = { type: "role", name: "Build" };
  await seed.createUser(alice.name);
  await seed.createRole(build.name);
  const [first, attached, widened] = await Promise.all(
    ["First", "Attached", "Widened"].map(async (name) => {
      const policyArn = await seed.createPolicy(name, FULL);
      for (const principal of [alice, build]) await seed.attachPolicy(principal, policyArn);
      return policyArn;
    }),
  );
  const versionId = await seed.createPolicyVersion(widened ?? "", FULL, true);
  await seed.putInlinePolicy(alice, "keys", FULL);
  await seed.putInlinePolicy(build, "keys", FULL);
  const inline = { policyName: "keys", policyDocument: FULL };
  const version = { policyVersion: { versionId, isDefaultVersion: true } };
  return [
    ["cold: AttachUserPolicy", iamEvent("AttachUserPolicy", { userName: "alice", policyArn: first })],
    ["AttachRolePolicy", iamEvent("AttachRolePolicy", { roleName: "Build", policyArn: attached })],
    [
      "CreatePolicyVersion",
      iamEvent(
        "CreatePolicyVersion",
        { policyArn: widened, policyDocument: FULL, setAsDefault: true },
        { responseElements: version },
      ),
    ],
    ["PutUserPolicy", iamEvent("PutUserPolicy", { userName: "alice", ...inline })],
    ["PutRolePolicy", iamEvent("PutRolePolicy", { roleName: "Build", ...inline })],
  ];
}
