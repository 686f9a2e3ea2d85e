import type { Finding } from "@kms-guard/core/findings/finding.ts";

/**
 * Everything was tried, and something could not be read, recorded, contained or notified. The function lets it through,
 * so that Lambda runs the event again; \`errors\` has every cause, \`findings\` the run's findings.
 */
export class IncompleteRunError extends AggregateError {
  override readonly name = "IncompleteRunError";
  readonly findings: readonly Finding[];

  constructor(failures: readonly unknown[], findings: readonly Finding[]) {
    const messages = failures.map((failure) =>
      failure instanceof Error ? failure.message : String(failure),
    );
    super(failures, `incomplete run: ${[...new Set(messages)].join("; ")}`);
    this.findings = findings;
  }
}

/** An error that says what could not be done, with its cause. */
export function failure(whatFailed: string, cause: unknown): Error {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new Error(`${whatFailed}: ${why}`, { cause });
}
