import type { AwsAccess } from "../aws-sdk/aws-access.ts";

/** Who runs a command on AWS, and how the clients of every service act as them. */
export interface Operator {
  /** Twelve digits. */
  readonly account: string;
  /** As CloudTrail will have it: `arn:aws:sts::111122223333:assumed-role/OnCall/alex`. */
  readonly arn: string;
  readonly region: string;
  readonly access: AwsAccess;
}

/** The SDK would warn on stderr that the environment has credentials too; who names a profile means it. */
const QUIET = { debug() {}, info() {}, warn() {}, error() {} };

type Variables = Readonly<Record<string, string | undefined>>;

/** Where IAM's events are, and with them the guard, in the partition that most accounts are in. */
const DEFAULT_REGION = "us-east-1";

/**
 * Asks AWS who is calling, with the credentials and the region that the AWS CLI would take: the named profile's, else
 * the environment's, else those of AWS_PROFILE and of the machine. The region is the named one, AWS_REGION,
 * AWS_DEFAULT_REGION, the profile's, else us-east-1. Throws what the SDK throws where nobody or nothing answers.
 * https://docs.aws.amazon.com/cli/latest/userguide/cli-chap-configure.html#configure-precedence
 * @param variables `process.env`, of which the SDK itself reads the rest, such as AWS_ENDPOINT_URL.
 */
export async function identifyOperator(
  choice: { readonly region?: string; readonly profile?: string },
  variables: Variables,
): Promise<Operator> {
  const { GetCallerIdentityCommand, STSClient } = await import("../aws-sdk/sts.ts");
  const profile = choice.profile === undefined ? {} : { profile: choice.profile };
  const credentials = choice.profile === undefined ? environmentCredentials(variables) : {};
  const region =
    choice.region ||
    variables.AWS_REGION ||
    variables.AWS_DEFAULT_REGION ||
    // What the SDK rejects with is that no region is configured.
    (await new STSClient(profile).config.region().catch(() => DEFAULT_REGION));
  const client = new STSClient({ region, ...profile, ...credentials, maxAttempts: 3, logger: QUIET });
  const { Account, Arn } = await client.send(new GetCallerIdentityCommand({}));
  if (Account === undefined || Arn === undefined) throw new Error("STS answered without account or ARN");
  // The same provider for every client: nobody is asked twice for a session that has to be opened.
  return {
    account: Account,
    arn: Arn,
    region,
    access: { region, ...profile, credentials: client.config.credentials },
  };
}

/** The SDK would prefer AWS_PROFILE to these; the AWS CLI prefers these. */
function environmentCredentials(variables: Variables): Pick<AwsAccess, "credentials"> {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = variables;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) return {};
  return {
    credentials: {
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
    },
  };
}
