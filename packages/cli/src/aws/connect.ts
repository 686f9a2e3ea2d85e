import { awsPorts } from "@kms-guard/adapters/aws-ports.ts";
import { type Deployment, readDeployment, ssmClient } from "@kms-guard/adapters/deployment/deployment.ts";
import { deploymentParameterName } from "@kms-guard/adapters/deployment/deployment-name.ts";
import type { GuardEnvironment } from "@kms-guard/adapters/deployment/environment.ts";
import { identifyOperator, type Operator } from "@kms-guard/adapters/deployment/operator.ts";
import { iamRegionOf, partitionOfRegion } from "@kms-guard/core/aws/partitions.ts";
import { shellWord } from "@kms-guard/core/text/shell.ts";
import type { Ports } from "@kms-guard/guard/ports.ts";
import { Failure, UsageError } from "../io/errors.ts";
import type { Io } from "../io/io.ts";
import { awsFailure } from "./failure.ts";
import { type LiveOptions, liveWords } from "./options.ts";

/** A deployment as a live command works with it: all calls are the operator's. */
export interface Live {
  readonly operator: Operator;
  readonly stage: string;
  readonly environment: GuardEnvironment;
  readonly ports: Ports;
  /** What a command that is proposed has to end with, to mean the same deployment: ` --stage prod`. */
  readonly words: string;
}

/**
 * Finds the deployment that the options mean, and works with it. What AWS refuses, and what cannot be found, is one
 * line with its cure: `Failure`, or `UsageError` where a stage has to be named.
 */
export async function withDeployment<T>(
  options: LiveOptions,
  io: Io,
  work: (live: Live) => Promise<T>,
): Promise<T> {
  try {
    return await work(await connect(options, io));
  } catch (error) {
    throw awsFailure(error, options.profile) ?? error;
  }
}

async function connect(options: LiveOptions, io: Io): Promise<Live> {
  const operator = await identifyOperator(options, io.env);
  const deployment = await readDeployment(await ssmClient(operator.access), options.stage);
  if (deployment.kind !== "found") throw notFound(deployment, operator, options);
  const { stage, environment } = deployment;
  const ports = awsPorts(environment, { access: operator.access, clock: io.clock });
  return { operator, stage, environment, ports, words: liveWords(options) };
}

function notFound(
  deployment: Exclude<Deployment, { readonly kind: "found" }>,
  { account, region }: Operator,
  { stage }: LiveOptions,
): Error {
  const place = `region ${region} of account ${account}`;
  if (deployment.kind === "unreadable") {
    return new Failure(
      `SSM parameter \`${deployment.parameter}\` in ${place} cannot be read: ${deployment.problem}`,
    );
  }
  const { stages } = deployment;
  const named = stages.map((name) => `\`${name}\``).join(", ");
  if (deployment.kind === "several") {
    const [first = ""] = stages;
    return new UsageError(
      `${place} has ${stages.length} deployments of kms-guard, ${named}: say which, as in \`--stage ${shellWord(first)}\``,
    );
  }
  if (stages.length > 0) {
    return new Failure(`${place} has no deployment of kms-guard with stage \`${stage}\`: there is ${named}`);
  }
  const home = iamRegionOf(partitionOfRegion(region));
  const cure =
    region === home
      ? "use the credentials of the account that it guards (`--profile NAME`), or deploy it: `npx sst deploy`"
      : `it is deployed where IAM's events are, so add \`--region ${home}\``;
  const parameter = deploymentParameterName(stage ?? "STAGE");
  return new Failure(
    `there is no deployment of kms-guard in ${place} (no SSM parameter \`${parameter}\`): ${cure}`,
  );
}
