/** The part of AWS's SDK that is used on SNS, so that one `import()` loads it and bundles hold nothing else. */
export { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
