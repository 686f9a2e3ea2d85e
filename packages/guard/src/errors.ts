import type { Finding } from "@kms-guard/core/findings/finding.ts";

/**
 * Thrown when everything has been tried and something could not be recorded, contained or published. The caller lets
 * it through, so that Lambda runs the event again; `errors` has every cause, `findings` what was found.
 */
export class IncompleteRunError extends AggregateError {
  override readonly name = "Unsettled";
  readonly findings: readonly Finding[];

  constructor(failures: readonly unknown[], findings: readonly Finding[]) {
    const messages = failures.map((failure) =>
      failure instanceof Error ? failure.message : String(failure),
    );
    super(failures, `not settled: ${[...new Set(messages)].join("; ")}`);
    this.findings = findings;
  }
}

/** Throws `Unsettled` if there is any failure. */
export function throwFailures(failures: readonly unknown[], findings: readonly Finding[]): void {
  if (failures.length > 0) throw new IncompleteRunError(failures, findings);
}

/** An error that says what could not be done, and keeps why. */
export function failure(whatFailed: string, cause: unknown): Error {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new Error(`${whatFailed}: ${why}`, { cause });
}
