import type { Finding } from "@kms-guard/core/findings/finding.ts";
import type { Publication } from "@kms-guard/guard/ports.ts";

/**
 * Who publishes a finding's status on a channel, so that a retry and a twin invocation do not tell people twice.
 * A claim that is neither confirmed nor released lapses: its holder died, and somebody has to speak.
 * What had to be contained again is another alert: a claim is for the finding as of its last containment step.
 */
export interface PublicationClaims {
  /** True where this caller is to publish; false where it has been published, or somebody else is at it. */
  claimChannel(finding: Finding, channel: string): Promise<boolean>;
  /** The channel has taken it: the claim stands for longer than anybody retries. */
  confirmChannel(finding: Finding, channel: string): Promise<void>;
  /** Publishing failed: the next caller may. */
  releaseChannel(finding: Finding, channel: string): Promise<void>;
  /**
   * Every channel has taken it: `claimPublication` of this status is false from now on, until it is released. Of a
   * notice only if it was claimed.
   */
  confirmPublication(id: string, status: Publication): Promise<void>;
}
