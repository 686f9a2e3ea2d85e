import { Session } from "node:inspector/promises";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { createPolicyWriter } from "@kms-guard/adapters/iam/policy-writer.ts";
import { snsChannel } from "@kms-guard/adapters/notify/sns-channel.ts";
import { handleEvent } from "@kms-guard/guard/handle-event.ts";
import { GuardedAccount } from "@kms-guard/testing/fakes/guarded-account.ts";
import { heading, line } from "./report.ts";

const FULL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}';
const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/**
 * How much code runs from one AttachUserPolicy to the detach and to SNS, in enforce mode: the production files and
 * functions that are entered, and the frames of the call stack at the detach. A reader has to go through all of it.
 */
export async function benchPath(): Promise<void> {
  const world = new GuardedAccount();
  let frames: readonly string[] = [];
  world.iam.createUser("alice");
  world.iam.createPolicy("Tools", FULL);
  const policyArn = "arn:aws:iam::111122223333:policy/Tools";
  const event = world.happen("AttachUserPolicy", { userName: "alice", policyArn });
  const client = {
    async send() {
      frames = callStack();
      world.iam.detachPolicy({ type: "user", name: "alice" }, policyArn);
    },
  };
  const sdk = await import("@kms-guard/adapters/aws-sdk/iam.ts");
  const writer = createPolicyWriter(async () =>
    Object.assign({ client: Object.assign(new sdk.IAMClient({}), client), sdk }),
  );
  const sns = await import("@kms-guard/adapters/aws-sdk/sns.ts");
  const topic = Object.assign(new sns.SNSClient({}), { send: async () => undefined });
  const people = snsChannel({
    client: async () => topic,
    topicArn: "arn:aws:sns:us-east-1:111122223333:alerts",
  });
  const handler = handleEvent(
    { ...world.ports, writer, alerts: { people, programs: world.alerts.programs } },
    world.settings,
  );

  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
  await handler(event);
  const { result } = await session.post("Profiler.takePreciseCoverage");
  session.disconnect();

  const entered = result
    .map(({ url, functions }) => ({
      file: url.startsWith("file:") ? relative(ROOT, fileURLToPath(url)) : "",
      count: functions.filter(
        ({ functionName, ranges }) => functionName !== "" && (ranges[0]?.count ?? 0) > 0,
      ).length,
    }))
    .filter(({ file, count }) => count > 0 && PRODUCTION.test(file));
  heading("From one AttachUserPolicy to the detach and SNS");
  line("files", String(entered.length));
  for (const { file, count } of entered) line("", `${String(count).padStart(3)} functions of ${file}`);
  line("functions", String(entered.reduce((sum, { count }) => sum + count, 0)));
  line("frames at the detach", String(frames.length));
  for (const frame of frames) line("", frame);
}

const PRODUCTION = /^packages\/(core|guard|adapters|functions)\/src\/(?!memory\/)/;

function callStack(): readonly string[] {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = Number.POSITIVE_INFINITY;
  const { stack = "" } = new Error("here");
  Error.stackTraceLimit = stackTraceLimit;
  return stack
    .split("\n")
    .filter((text) => /packages\/(core|guard|adapters|functions)\/src/.test(text))
    .map((text) => text.trim().replace(/\(?file:.*\/packages\//, ""));
}
