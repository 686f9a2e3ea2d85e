import { memberOf } from "@kms-guard/core/events/cloudtrail-record.ts";
import type { MotoCalls } from "../moto/moto-calls.ts";
import { type Inputs, textIn } from "./inputs.ts";

const FUNCTIONS = "/2015-03-31/functions";

/** A ZIP archive of nothing: what runs is the bundle, here. */
const NO_CODE = `UEsFBg${"A".repeat(24)}==`;

/** A function as Lambda's API describes it. https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html */
export function makeFunction(calls: MotoCalls, inputs: Inputs): Promise<void> {
  return calls.rest("lambda", "POST", FUNCTIONS, {
    ...{ FunctionName: inputs.name, Description: inputs.description, Role: inputs.role },
    ...{ Runtime: inputs.runtime, Architectures: inputs.architectures, Handler: inputs.handler },
    ...{ Timeout: inputs.timeout, MemorySize: inputs.memorySize, Code: { ZipFile: NO_CODE } },
    Environment: { Variables: memberOf(inputs.environment, "variables") },
  });
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html */
export function allowInvoking(calls: MotoCalls, inputs: Inputs, StatementId: string): Promise<void> {
  return calls.rest("lambda", "POST", `${FUNCTIONS}/${nameOf(textIn(inputs, "function"))}/policy`, {
    ...{ StatementId, Action: inputs.action, Principal: inputs.principal, SourceArn: inputs.sourceArn },
  });
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html */
export function configureInvocations(calls: MotoCalls, inputs: Inputs): Promise<void> {
  const name = textIn(inputs, "functionName");
  const onFailure = memberOf(inputs.destinationConfig, "onFailure");
  return calls.rest("lambda", "PUT", `/2019-09-25/functions/${name}/event-invoke-config`, {
    MaximumEventAgeInSeconds: inputs.maximumEventAgeInSeconds,
    MaximumRetryAttempts: inputs.maximumRetryAttempts,
    DestinationConfig: { OnFailure: { Destination: memberOf(onFailure, "destination") } },
  });
}

/** Of a function's name or ARN. */
function nameOf(functionName: string): string {
  return functionName.slice(functionName.lastIndexOf(":") + 1);
}
