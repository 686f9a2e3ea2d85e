/** The part of AWS's SDK that is used on Systems Manager, so that one `import()` loads it. */
export { paginateGetParametersByPath, SSMClient } from "@aws-sdk/client-ssm";
