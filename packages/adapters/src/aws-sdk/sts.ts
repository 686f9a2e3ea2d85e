/** The part of AWS's SDK that is used on STS, so that one `import()` loads it. */
export { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
