import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { defineGuardConfig, type GuardConfig } from "@kms-guard/adapters/deployment/config.ts";
import { type CloudTrailRecord, cloudTrailRecord, isReadOnly } from "./cloudtrail/record.ts";
import { trail } from "./cloudtrail/trail.ts";
import { logGroupTail } from "./cloudwatch/log-groups.ts";
import { type Delivery, deliveries } from "./deliveries/deliveries.ts";
import { openReceivers } from "./deliveries/receivers.ts";
import { makeAccount } from "./deploy/account.ts";
import { deployStacks, invokedFunctions } from "./deploy/deploy.ts";
import { callersOf, identityAnswer } from "./endpoint/callers.ts";
import { type Answer, endpoint, type Incoming } from "./endpoint/endpoint.ts";
import { listen } from "./endpoint/listen.ts";
import { resourceOf } from "./endpoint/resource-of-call.ts";
import { lambdaAnswer } from "./lambda/api.ts";
import { functionQueues } from "./lambda/function-queues.ts";
import { startFunctions } from "./lambda/functions.ts";
import { startMoto } from "./moto/moto.ts";
import { motoCalls, REGION } from "./moto/moto-calls.ts";
import { renderStacks } from "./render/render.ts";
import { whenWoken } from "./tasks/when-woken.ts";

/** A guarded account on this machine. */
export interface Sandbox {
  /** `http://127.0.0.1:4566`: every service's endpoint. */
  readonly endpoint: string;
  readonly account: string;
  /** Ends it and everything that it started. */
  stop(): Promise<void>;
}

export interface SandboxOptions {
  /** 0 takes one that is free. */
  readonly port: number;
  readonly mode: GuardConfig["mode"];
  readonly onDelivery: (delivery: Delivery) => void;
  /** Called with CloudTrail's record of each call on IAM that is not read-only. */
  readonly onCall?: (record: CloudTrailRecord, calledAtMs: number) => void;
  /** One line about what went wrong. */
  readonly say: (text: string) => void;
}

const STAGE = "sandbox";
const READER = "security@example.com";
const MOTO_PLUGIN = join(import.meta.dirname, "moto", "plugin");

/**
 * Starts an account with the guard in it: the rendered stacks in moto, behind one endpoint, and for what moto
 * lacks a CloudTrail, a Lambda, a mailbox and a Slack channel.
 * @throws Error where the port is taken or something cannot be started; nothing is left running then.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const cleanups: (() => unknown)[] = [];
  const stop = async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  };
  try {
    return { ...(await start(options, (cleanup) => cleanups.push(cleanup))), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(
  { port, mode, onDelivery, onCall, say }: SandboxOptions,
  onStop: (cleanup: () => unknown) => void,
) {
  const server = await listen(port);
  onStop(server.close);
  let isStopping = false;
  const onError = (error: unknown) => {
    if (!isStopping) say(error instanceof Error ? error.message : String(error));
  };
  const outlets = deliveries(onDelivery);
  const receivers = await openReceivers(outlets.mail, outlets.slack);
  onStop(receivers.close);

  const secrets = { SlackWebhookUrl: receivers.slackUrl };
  const config = defineGuardConfig({ mode, emails: [READER], slack: true });
  const starting = startMoto({
    ...{ PYTHONPATH: MOTO_PLUGIN, SANDBOX_MAILBOX: receivers.mailboxUrl },
    INITIAL_NO_AUTH_ACTION_COUNT: "0",
  });
  const rendering = renderStacks({ config, stage: STAGE, secrets });
  onStop(() => starting.then(({ stop }) => stop()).catch(() => {}));
  onStop(() => rendering.then(({ close }) => close()).catch(() => {}));
  const [moto, rendered] = await Promise.all([
    starting,
    rendering,
    starting.then(({ endpoint }) => makeAccount(motoCalls(endpoint))),
  ]);

  const { account } = moto;
  const calls = motoCalls(moto.endpoint);
  await deployStacks(calls, rendered);
  const functions = await startFunctions(calls, rendered, server.endpoint, onError);
  onStop(functions.stop);
  onStop(() => {
    isStopping = true;
  });
  const invoked = invokedFunctions(rendered).map(functions.named);
  const queues = await functionQueues(calls, invoked, outlets.published, onError);

  const history = String(rendered.outputs.history);
  const readHistory = whenWoken(logGroupTail(calls, history, outlets.history), onError);
  const callerOf = callersOf(calls, account);
  const cloudTrail = trail(calls, queues.wake, onError);

  async function record(call: Incoming, answer: Answer, calledAtMs: number): Promise<void> {
    const identity = await callerOf(call.accessKeyId);
    const recorded = { identity, eventId: randomUUID(), calledAtMs, account, region: REGION };
    const made = cloudTrailRecord(call, answer, recorded);
    cloudTrail.deliver(made);
    onCall?.(made, calledAtMs);
  }

  const isGuards = ({ accessKeyId }: Incoming) =>
    accessKeyId !== undefined && functions.accessKeyIds.has(accessKeyId);
  server.answerWith(
    endpoint(moto.endpoint, {
      checkedResource: (call) => (isGuards(call) ? resourceOf(call, account) : undefined),
      ownAnswer: (call) =>
        isGuards(call) ? undefined : (identityAnswer(call, callerOf) ?? lambdaAnswer(call, functions.byName)),
      onAnswered(call, answer, calledAtMs) {
        const { service, action } = call;
        if (service === "iam" && !isReadOnly(action)) record(call, answer, calledAtMs).catch(onError);
        if (service === "sns" || service === "sqs" || service === "events") queues.wake();
        if (service === "events") readHistory();
      },
    }),
  );
  await Promise.all([...functions.byName.values()].map((one) => one.warm()));
  return { endpoint: server.endpoint, account };
}
