import { awsPorts } from "@kms-guard/adapters/aws-ports.ts";
import { type Deployment, readDeployment, ssmClient } from "@kms-guard/adapters/deployment/deployment.ts";
import { deploymentParameterName } from "@kms-guard/adapters/deployment/deployment-name.ts";
import type { GuardEnvironment } from "@kms-guard/adapters/deployment/environment.ts";
import { identifyOperator, type Operator } from "@kms-guard/adapters/deployment/operator.ts";
import { iamRegionOf, partitionOfRegion } from "@kms-guard/core/aws/partitions.ts";
import { shellWord } from "@kms-guard/core/text/untrusted.ts";
import type { Ports } from "@kms-guard/guard/ports.ts";
import { Failure, UsageError } from "../io/errors.ts";
import type { Io } from "../io/io.ts";
import { awsFailure } from "./failure.ts";
import { type ConnectionOptions, repeatedOptions } from "./options.ts";

/** A deployment and the operator whose credentials every call uses. */
export interface Connection {
  readonly operator: Operator;
  readonly stage: string;
  readonly environment: GuardEnvironment;
  readonly ports: Ports;
  /** The end of a suggested command, so that it uses the same deployment: ` --stage prod`. */
  readonly sameOptions: string;
}

/**
 * Finds the deployment of the options, and runs `work` on it. An error of AWS, or a deployment that is not found, is one
 * line that says what to do: a `Failure`, or a `UsageError` if a stage must be named.
 */
export async function withDeployment<T>(
  options: ConnectionOptions,
  io: Io,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  try {
    return await work(await connect(options, io));
  } catch (error) {
    throw awsFailure(error, options.profile) ?? error;
  }
}

async function connect(options: ConnectionOptions, io: Io): Promise<Connection> {
  const operator = await identifyOperator(options, io.env);
  const deployment = await readDeployment(await ssmClient(operator.access), options.stage);
  if (deployment.kind !== "found") throw notFound(deployment, operator, options);
  const { stage, environment } = deployment;
  const ports = awsPorts(environment, { access: operator.access, clock: io.clock });
  return { operator, stage, environment, ports, sameOptions: repeatedOptions(options) };
}

function notFound(
  deployment: Exclude<Deployment, { readonly kind: "found" }>,
  { account, region }: Operator,
  { stage }: ConnectionOptions,
): Error {
  const where = `region ${region} of account ${account}`;
  if (deployment.kind === "unreadable") {
    return new Failure(
      `SSM parameter \`${deployment.parameter}\` in ${where} cannot be read: ${deployment.problem}`,
    );
  }
  const { stages } = deployment;
  const named = stages.map((name) => `\`${name}\``).join(", ");
  if (deployment.kind === "several") {
    const [first = ""] = stages;
    return new UsageError(
      `${where} has ${stages.length} deployments of kms-guard, ${named}: say which, as in \`--stage ${shellWord(first)}\``,
    );
  }
  if (stages.length > 0) {
    return new Failure(
      `${where} has no deployment of kms-guard with stage \`${stage}\`: the stages are ${named}`,
    );
  }
  const home = iamRegionOf(partitionOfRegion(region));
  const fix =
    region === home
      ? "use credentials of the guarded account (`--profile NAME`), or deploy it: `npx sst deploy`"
      : `it is deployed in the region of IAM's events, so add \`--region ${home}\``;
  const parameter = deploymentParameterName(stage ?? "STAGE");
  return new Failure(
    `there is no deployment of kms-guard in ${where} (no SSM parameter \`${parameter}\`): ${fix}`,
  );
}
