import { API_CALLS } from "./api-call-table.ts";

/** The event pattern of an EventBridge rule, as far as the guard's own uses it. */
export interface EventPattern {
  readonly source: readonly string[];
  readonly "detail-type": readonly string[];
  readonly detail: {
    readonly eventSource: readonly string[];
    readonly eventName: readonly string[];
    readonly errorCode: readonly { readonly exists: boolean }[];
  };
}

/**
 * The pattern of the rule on the default bus that hands the table's calls to the guard. It names what it wants and
 * excludes nobody, the guard's own roles neither: an exclusion is what an attacker would hide behind.
 *
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
 */
export function eventPattern(): EventPattern {
  return {
    // Nobody but AWS can send it: PutEvents refuses a source that begins with `aws.`.
    source: ["aws.iam"],
    // The second is how AWS's pages for the China regions spell it; no event has been seen to prove them wrong.
    "detail-type": ["AWS API Call via CloudTrail", "Amazon API Call via CloudTrail"],
    detail: {
      eventSource: ["iam.amazonaws.com"],
      eventName: API_CALLS.map((row) => row.eventName),
      // A failed call has changed nothing.
      errorCode: [{ exists: false }],
    },
  };
}
