import {
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  GetFunctionEventInvokeConfigCommand,
  GetPolicyCommand,
  LambdaClient,
} from "@aws-sdk/client-lambda";
import type { Observed } from "@kms-guard/guard/doctor/diagnosis.ts";
import type { FunctionState } from "@kms-guard/guard/doctor/observations.ts";
import type { AwsAccess } from "../aws-sdk/aws-access.ts";
import { CHAT_TOPIC } from "../deployment/environment.ts";
import { andThen, asking, observe, observeThere } from "./observe.ts";

/** Whether a function can run, and in which mode. */
export async function observeFunction(
  access: AwsAccess,
  FunctionName: string,
): Promise<Observed<FunctionState | undefined>> {
  const client = new LambdaClient(asking(access));
  const configuration = await observeThere("lambda:GetFunctionConfiguration", () =>
    client.send(new GetFunctionConfigurationCommand({ FunctionName })),
  );
  return andThen(configuration, async (found): Promise<Observed<FunctionState | undefined>> => {
    if (found === undefined) return { kind: "read", value: undefined };
    const [concurrency, failures] = await Promise.all([
      observe("lambda:GetFunctionConcurrency", () =>
        client.send(new GetFunctionConcurrencyCommand({ FunctionName })),
      ),
      observeThere("lambda:GetFunctionEventInvokeConfig", () =>
        client.send(new GetFunctionEventInvokeConfigCommand({ FunctionName })),
      ),
    ]);
    if (concurrency.kind === "unread") return concurrency;
    if (failures.kind === "unread") return failures;
    const reserved = concurrency.value.ReservedConcurrentExecutions;
    const mode = found.Environment?.Variables?.KMS_GUARD_MODE;
    const chatTopicArn = found.Environment?.Variables?.[CHAT_TOPIC];
    const deadLettersArn = failures.value?.DestinationConfig?.OnFailure?.Destination;
    return {
      kind: "read",
      value: {
        state: found.State ?? "",
        lastUpdate: found.LastUpdateStatus ?? "",
        ...(found.StateReason && { stateReason: found.StateReason }),
        ...(found.LastUpdateStatusReason && { lastUpdateReason: found.LastUpdateStatusReason }),
        ...(reserved !== undefined && { reservedConcurrency: reserved }),
        ...(mode !== undefined && { mode }),
        ...(deadLettersArn !== undefined && { deadLettersArn }),
        ...(chatTopicArn !== undefined && { chatTopicArn }),
      },
    };
  });
}

/** The function's resource policy, which says who may invoke it. */
export function observeInvokers(
  access: AwsAccess,
  FunctionName: string,
): Promise<Observed<string | undefined>> {
  return observeThere("lambda:GetPolicy", async () => {
    const { Policy = "{}" } = await new LambdaClient(asking(access)).send(
      new GetPolicyCommand({ FunctionName }),
    );
    return Policy;
  });
}
