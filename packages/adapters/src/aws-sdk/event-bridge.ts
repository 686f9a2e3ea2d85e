/** The part of AWS's SDK that is used on EventBridge, so that one `import()` loads it and bundles hold nothing else. */
export { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
