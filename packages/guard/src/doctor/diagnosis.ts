/** A check and its result. */
export interface Diagnosis {
  /** `trail`, `rule`, …: one word or two, the same in every release. */
  readonly check: string;
  readonly state: "ok" | "warning" | "fail";
  /** What was seen, in one clause; text from AWS in it is not yet safe to print. */
  readonly seen: string;
  /** The command, or the one thing to do, that fixes it. */
  readonly fix?: string;
}

/** A part of AWS as it was read, or why it could not be. */
export type Observed<T> =
  | { readonly kind: "read"; readonly value: T }
  /** `why` names the call, what AWS said, and where it refused, the permission. */
  | { readonly kind: "unread"; readonly why: string; readonly permission?: string };

/** The result of a check, without its name. */
export type CheckResult = Omit<Diagnosis, "check">;

export function ok(seen: string): CheckResult {
  return { state: "ok", seen };
}

export function warning(seen: string, fix: string): CheckResult {
  return { state: "warning", seen, fix };
}

export function fail(seen: string, fix: string): CheckResult {
  return { state: "fail", seen, fix };
}

/** Checks what was read. What could not be read is unknown, and fails. */
export function resultOf<T>(observed: Observed<T>, check: (value: T) => CheckResult): CheckResult {
  if (observed.kind === "read") return check(observed.value);
  const { why, permission } = observed;
  return fail(
    `unknown: ${why}`,
    permission === undefined ? "run it again" : `run it with credentials that may call ${permission}`,
  );
}
