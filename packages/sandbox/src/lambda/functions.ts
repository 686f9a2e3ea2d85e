import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { arnName } from "@kms-guard/core/aws/arn.ts";
import { memberOf, textOf } from "@kms-guard/core/events/cloudtrail-record.ts";
import { logGroupWriter } from "../cloudwatch/log-groups.ts";
import { embeddedMetrics, metricWriter } from "../cloudwatch/metrics.ts";
import { type MotoCalls, REGION } from "../moto/moto-calls.ts";
import { childOf } from "../moto/xml.ts";
import type { Rendered, RenderedResource } from "../render/render.ts";
import { type LambdaFunction, lambdaFunction } from "./function.ts";

/** The functions of the stacks, with the credentials of their roles. */
export interface Functions {
  /** By the name that the stacks give. */
  readonly byName: ReadonlyMap<string, LambdaFunction>;
  /** @throws Error where the stacks make no function of that name. */
  named(name: string): LambdaFunction;
  /** The access keys that were given to them: their permissions are checked. */
  readonly accessKeyIds: ReadonlySet<string>;
  stop(): Promise<void>;
}

/**
 * Makes every rendered function run here: its bundle, environment, timeout and retries as rendered, and the roles' own
 * credentials. Their roles have to be there.
 * @param endpoint What their AWS calls go to.
 */
export async function startFunctions(
  calls: MotoCalls,
  rendered: Rendered,
  endpoint: string,
  say: (text: string) => void,
): Promise<Functions> {
  const byName = new Map<string, LambdaFunction>();
  const accessKeyIds = new Set<string>();
  const measure = metricWriter(calls, (error) => say(`metrics: ${String(error)}`));
  for (const { type, name: logicalName, inputs } of rendered.resources) {
    if (type !== "aws:lambda/function:Function") continue;
    const name = String(inputs.name);
    const folder = rendered.bundles.get(logicalName.replace(/Function$/, ""));
    if (folder === undefined) throw new Error(`the stacks render no bundle for ${logicalName}`);
    const role = await sessionOf(calls, String(inputs.role));
    accessKeyIds.add(role.AWS_ACCESS_KEY_ID);
    const invocation = invocationConfigOf(rendered, name);
    const log = logGroupWriter(calls, `/aws/lambda/${name}`, (error) =>
      say(`log of ${name}: ${String(error)}`),
    );
    byName.set(
      name,
      lambdaFunction({
        functionName: name,
        ...{
          file: join(folder, "bundle.mjs"),
          handler: String(inputs.handler).split(".").at(-1) ?? "handler",
        },
        timeoutMs: Number(inputs.timeout) * 1_000,
        environment: {
          ...variablesOf(inputs, folder),
          ...role,
          AWS_REGION: REGION,
          AWS_ENDPOINT_URL: endpoint,
          AWS_LAMBDA_FUNCTION_NAME: name,
          AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(inputs.memorySize),
          LAMBDA_TASK_ROOT: folder,
        },
        maximumRetries: invocation.maximumRetries,
        onFailure: async (event, failure) => {
          say(`${name} failed to the last, and the event is a dead letter: ${failure.errorMessage}`);
          await calls.json("sqs", "SendMessage", {
            QueueUrl: `https://sqs.${REGION}.amazonaws.com/${rendered.account}/${invocation.deadLetters}`,
            MessageBody: JSON.stringify(deadLetter(name, event, failure.errorMessage)),
          });
        },
        onFailedAttempt: ({ errorType, errorMessage }) =>
          say(`${name} failed: ${errorType}: ${errorMessage}`),
        onAttempt({ failed }) {
          const counted = { ...OF_LAMBDA, dimensions: { FunctionName: name }, atMs: Date.now() };
          measure({ ...counted, name: "Invocations", value: 1 });
          measure({ ...counted, name: "Errors", value: failed ? 1 : 0 });
        },
        onLog(text) {
          for (const line of text.split("\n").filter((one) => one !== "")) {
            log(line);
            for (const measured of embeddedMetrics(line)) measure(measured);
          }
        },
      }),
    );
  }
  return {
    byName,
    named(name) {
      const found = byName.get(name);
      if (found === undefined)
        throw new Error(`the stacks send events to ${name}, and make no such function`);
      return found;
    },
    accessKeyIds,
    async stop() {
      await Promise.all([...byName.values()].map((one) => one.stop()));
    },
  };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html */
const OF_LAMBDA = { namespace: "AWS/Lambda", unit: "Count" };

type Inputs = RenderedResource["inputs"];

/** As rendered, but for the path of what SST puts beside a bundle, where Lambda would start it. */
function variablesOf(inputs: Inputs, folder: string): Record<string, string> {
  const variables = memberOf(inputs.environment, "variables");
  return Object.fromEntries(
    Object.entries(typeof variables === "object" && variables !== null ? variables : {}).map(
      ([name, value]) => [name, name === "SST_KEY_FILE" ? join(folder, String(value)) : String(value)],
    ),
  );
}

function invocationConfigOf(rendered: Rendered, name: string) {
  const config = rendered.resources.find(
    ({ type, inputs }) =>
      type === "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig" &&
      inputs.functionName === name,
  )?.inputs;
  const onFailure = memberOf(config?.destinationConfig, "onFailure");
  return {
    maximumRetries: Number(config?.maximumRetryAttempts ?? 2),
    deadLetters: arnName(textOf(memberOf(onFailure, "destination")) ?? ""),
  };
}

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
async function sessionOf(calls: MotoCalls, RoleArn: string) {
  const RoleSessionName = arnName(RoleArn);
  const answer = await calls.query("sts", "AssumeRole", { RoleArn, RoleSessionName });
  const field = (name: string) => childOf(answer, "Credentials", name)?.text ?? "";
  return {
    AWS_ACCESS_KEY_ID: field("AccessKeyId"),
    AWS_SECRET_ACCESS_KEY: field("SecretAccessKey"),
    AWS_SESSION_TOKEN: field("SessionToken"),
  };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
function deadLetter(functionName: string, requestPayload: unknown, errorMessage: string) {
  return {
    version: "1.0",
    timestamp: new Date().toISOString(),
    requestContext: { requestId: randomUUID(), functionArn: functionName, condition: "RetriesExhausted" },
    requestPayload,
    responseContext: { functionError: "Unhandled" },
    responsePayload: { errorMessage },
  };
}
