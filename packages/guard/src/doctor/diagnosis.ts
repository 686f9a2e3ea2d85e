/** What a check came to. */
export interface Diagnosis {
  /** `trail`, `rule`, …: one word or two, the same in every release. */
  readonly check: string;
  readonly state: "ok" | "warning" | "fail";
  /** What was seen, in one clause; text from AWS in it is not yet safe to print. */
  readonly seen: string;
  /** The command, or the one thing to do, that mends it. */
  readonly mend?: string;
}

/** A part of AWS as it was read, or why it could not be. */
export type Observed<T> =
  | { readonly kind: "read"; readonly value: T }
  /** `why` names the call, what AWS said, and where it refused, the permission. */
  | { readonly kind: "unread"; readonly why: string; readonly permission?: string };

/** What one check says, before it has its name. */
export type Judged = Omit<Diagnosis, "check">;

export function ok(seen: string): Judged {
  return { state: "ok", seen };
}

export function warning(seen: string, mend: string): Judged {
  return { state: "warning", seen, mend };
}

export function fail(seen: string, mend: string): Judged {
  return { state: "fail", seen, mend };
}

/** Judges what was read. What could not be is unknown, and unknown is not well. */
export function judged<T>(observed: Observed<T>, judge: (value: T) => Judged): Judged {
  if (observed.kind === "read") return judge(observed.value);
  const { why, permission } = observed;
  return fail(
    `unknown: ${why}`,
    permission === undefined ? "run it again" : `run it with credentials that may call ${permission}`,
  );
}
