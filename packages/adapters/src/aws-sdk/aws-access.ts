import type { IAMClientConfig } from "@aws-sdk/client-iam";

/** As whom and where AWS is called; what is absent is what AWS's SDK finds in the environment and the profile. */
export interface AwsAccess {
  readonly region?: string;
  /** A profile of `~/.aws/config`, for its endpoints, and its credentials where there are none here. */
  readonly profile?: string;
  readonly credentials?: NonNullable<IAMClientConfig["credentials"]>;
}
