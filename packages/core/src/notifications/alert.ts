import type { Severity } from "../evaluate/verdict.ts";

/** A finding (or a notice) as a person should read it, in no channel's own language. All text is untrusted. */
export interface Alert {
  /** One line: `CRITICAL full kms:* granted by policy TeamX: detached from 3`. */
  readonly title: string;
  readonly severity: Severity | "LOW" | "INFO";
  /** One or two sentences: what happened and what was done. */
  readonly summary: string;
  /** Label and value pairs, in the order to read them. */
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  /** Longer parts: the proof, what was done step by step, the diff. Lines are kept as they are. */
  readonly sections: readonly { readonly heading: string; readonly lines: readonly string[] }[];
  /** Commands and advice, each a line, the first one first. */
  readonly nextSteps: readonly string[];
  readonly links: readonly { readonly label: string; readonly url: string }[];
}

/** Something to tell people that is not a finding: a record that could not be read, an exemption that changed. */
export interface Notice {
  readonly schemaVersion: "1";
  readonly id: string;
  readonly kind: string;
  readonly severity: Severity | "LOW" | "INFO";
  readonly title: string;
  readonly reason: string;
  readonly account: string;
  readonly region: string;
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly details: readonly { readonly label: string; readonly value: string }[];
  readonly nextSteps: readonly string[];
}
