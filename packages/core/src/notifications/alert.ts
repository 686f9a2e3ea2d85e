/** A notice may be milder than any finding. */
export const ALERT_SEVERITIES = ["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFO"] as const;

export type AlertSeverity = (typeof ALERT_SEVERITIES)[number];

export interface Fact {
  readonly label: string;
  readonly value: string;
}

/** A finding or a notice as a person should read it, in no channel's own language. All text is untrusted. */
export interface Alert {
  /** One line: `CRITICAL full kms:* granted by policy TeamX: detached from 3`. */
  readonly title: string;
  readonly severity: AlertSeverity;
  /** One or two sentences: what happened and what was done. */
  readonly summary: string;
  /** In the order to read them. */
  readonly facts: readonly Fact[];
  /** Longer parts: the proof, what was done step by step, the diff. Lines are kept as they are. */
  readonly sections: readonly { readonly heading: string; readonly lines: readonly string[] }[];
  /** Commands and advice, each a line, the first one first. */
  readonly nextSteps: readonly string[];
  readonly links: readonly { readonly label: string; readonly url: string }[];
}
