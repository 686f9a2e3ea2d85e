import type { Finding } from "@kms-guard/core/respond/finding.ts";

/**
 * Who publishes a finding's status on a channel, so that a retry and a twin invocation do not tell people twice.
 * A claim that is neither confirmed nor released lapses: its holder died, and somebody has to speak.
 */
export interface PublicationClaims {
  /** True where this caller is to publish; false where it has been published, or somebody else is at it. */
  claim(id: string, status: Finding["status"], channel: string): Promise<boolean>;
  /** The channel has taken it: the claim stands for good. */
  confirm(id: string, status: Finding["status"], channel: string): Promise<void>;
  /** Publishing failed: the next caller may. */
  release(id: string, status: Finding["status"], channel: string): Promise<void>;
}
