import type { IAMClient } from "@aws-sdk/client-iam";
import type { AwsAccess } from "../aws-sdk/aws-access.ts";

/** A client of IAM, and the SDK's commands for it. */
export interface Iam {
  readonly client: IAMClient;
  readonly sdk: typeof import("../aws-sdk/iam.ts");
}

/** Loads the SDK and makes the client when it is first called, and answers the same ever after. */
export type IamConnection = () => Promise<Iam>;

/** `region`: any of the partition, since IAM is global. */
export interface IamConnectionOptions extends AwsAccess {
  /** Tries of one call, the first included: 6, or few where the caller tries again by itself. */
  readonly maxAttempts?: number;
  /** Milliseconds that one try may take, until its answer has begun. */
  readonly requestTimeoutMs?: number;
}

/**
 * How IAM is reached: the caller's credentials, region and endpoint as AWS's SDK finds them (`AWS_ENDPOINT_URL` is
 * one way), tried again with exponential backoff and jitter when IAM throttles, fails or does not answer.
 * Six tries wait about 15 s at the most, which leaves a Lambda time to say that it could not.
 *
 * An event that needs no read never calls the connection, and so never pays for loading the SDK.
 */
export function iamConnection(options: IamConnectionOptions = {}): IamConnection {
  let connection: Promise<Iam> | undefined;
  return () => {
    connection ??= connect(options);
    return connection;
  };
}

async function connect(options: IamConnectionOptions): Promise<Iam> {
  const sdk = await import("../aws-sdk/iam.ts");
  const { maxAttempts = 6, requestTimeoutMs = 10_000, ...access } = options;
  const client = new sdk.IAMClient({
    ...access,
    retryMode: "standard",
    maxAttempts,
    requestHandler: {
      connectionTimeout: 2_000,
      requestTimeout: requestTimeoutMs,
      throwOnRequestTimeout: true,
    },
  });
  return { client, sdk };
}
