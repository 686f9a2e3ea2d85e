import { lambdaPermissions, type Permission } from "@kms-guard/adapters/deployment/permissions.ts";
import { type DeploymentContext, trusting } from "./context.ts";

/**
 * What all of the guard's functions have in common. SST would give a role every log group of the account
 * (AWSLambdaBasicExecutionRole): the role here gets its own log group instead, and no managed policy.
 */
export function lambda(
  part: string,
  context: DeploymentContext,
  deadLetters: sst.aws.Queue,
  own: Pick<sst.aws.FunctionArgs, "handler" | "description" | "environment" | "link" | "concurrency"> & {
    readonly permissions?: $util.Input<readonly Permission[]>;
    readonly timeout: sst.aws.FunctionArgs["timeout"];
  },
): sst.aws.FunctionArgs {
  const name = context.named(part);
  const logGroupArn = `arn:${context.partition}:logs:${context.region}:${context.account}:log-group:/aws/lambda/${name}`;
  const permissions = $resolve({ given: own.permissions ?? [], deadLettersArn: deadLetters.arn }).apply(
    ({ given, deadLettersArn }) =>
      [...given, ...lambdaPermissions({ logGroupArn, deadLettersArn })].map(forSst),
  );
  return {
    ...own,
    name,
    permissions,
    runtime: "nodejs24.x",
    // What is imported later is a file of its own: an event that needs no call never loads AWS's SDK.
    nodejs: { minify: true, splitting: true },
    architecture: "arm64",
    memory: "512 MB",
    logging: { format: "json", retention: "3 months" },
    retries: 2,
    transform: {
      role: { name, managedPolicyArns: [], assumeRolePolicy: trusting("lambda", context) },
      eventInvokeConfig: {
        // Six hours is the most that Lambda keeps an event, for when it is throttled.
        maximumEventAgeInSeconds: 21_600,
        destinationConfig: { onFailure: { destination: deadLetters.arn } },
      },
    },
  };
}

function forSst({ effect, actions, resources, conditions }: Permission) {
  return {
    effect: effect === "Allow" ? ("allow" as const) : ("deny" as const),
    actions: [...actions],
    resources: [...resources],
    ...(conditions !== undefined && {
      conditions: conditions.map((condition) => ({ ...condition, values: [...condition.values] })),
    }),
  };
}
