import type { PolicyReader, Ports } from "./ports.ts";

/**
 * The ports of one invocation with a deadline: from `deadlineMs` (since the epoch) on nothing is read from IAM and no
 * step is begun. What is left undone fails, so that Lambda runs the event again; notifications are still sent.
 * A call that was begun before may take as long as its connection allows.
 */
export function withDeadline(ports: Ports, deadlineMs: number): Ports {
  const { policies, clock } = ports;
  const read = (): PolicyReader => {
    if (clock.nowMs() < deadlineMs) return policies;
    throw new Error("the time for reading IAM is up");
  };
  return {
    ...ports,
    deadlineMs,
    policies: {
      managedPolicy: async (arn) => read().managedPolicy(arn),
      policyVersion: async (arn, versionId) => read().policyVersion(arn, versionId),
      policyVersionIds: async (arn) => read().policyVersionIds(arn),
      policyAttachments: async (arn) => read().policyAttachments(arn),
      inlinePolicy: async (principal, policyName) => read().inlinePolicy(principal, policyName),
      policiesOf: async (principal) => read().policiesOf(principal),
      principalDetails: async (principal) => read().principalDetails(principal),
      async *accountPolicies(isOfInterest) {
        yield* read().accountPolicies(isOfInterest);
      },
    },
  };
}
