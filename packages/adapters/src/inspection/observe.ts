import { oneLine } from "@kms-guard/core/text/untrusted.ts";
import type { Observed } from "@kms-guard/guard/doctor/diagnosis.ts";
import type { AwsAccess } from "../aws-sdk/aws-access.ts";

/** How the doctor's clients ask: a service that does not answer costs one check, and no more than seconds. */
export function asking(access: AwsAccess) {
  return {
    ...access,
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
  };
}

const DENIED: ReadonlySet<string> = new Set(["AccessDenied", "UnauthorizedOperation", "AuthorizationError"]);
const GONE: ReadonlySet<string> = new Set([
  ...["ResourceNotFound", "NotFound", "NoSuchEntity", "TrailNotFound"],
  ...["QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue", "TableNotFound"],
]);
const LONGEST = 300;

/** What a call answers, or why it did not. `permission` is the action that IAM asks for it. */
export async function observe<T>(permission: string, read: () => Promise<T>): Promise<Observed<T>> {
  try {
    return { kind: "read", value: await read() };
  } catch (error) {
    const { code, message } = codeAndMessage(error);
    if (DENIED.has(code)) {
      return { kind: "unread", permission, why: `these credentials may not call ${permission}` };
    }
    const why = oneLine(`${permission} did not answer: ${code}: ${message}`).slice(0, LONGEST);
    return { kind: "unread", why };
  }
}

/** The same, of a resource that may not be there: then it is `undefined`. */
export function observeThere<T>(
  permission: string,
  read: () => Promise<T>,
): Promise<Observed<T | undefined>> {
  return observe<T | undefined>(permission, async () => {
    try {
      return await read();
    } catch (error) {
      if (GONE.has(codeAndMessage(error).code)) return undefined;
      throw error;
    }
  });
}

/** Another reading that goes on from one. */
export async function andThen<A, B>(
  first: Observed<A>,
  next: (value: A) => Promise<Observed<B>>,
): Promise<Observed<B>> {
  return first.kind === "read" ? next(first.value) : first;
}

function codeAndMessage(error: unknown): { readonly code: string; readonly message: string } {
  if (!(error instanceof Error)) return { code: "Error", message: String(error) };
  // The SDK keeps an answer that it could not read with the error that the reading ended in.
  if ("$response" in error && !("$fault" in error)) {
    return { code: "Unreadable", message: "what answered is not AWS: look for a proxy in between" };
  }
  return { code: error.name.replace(/Exception$/, ""), message: error.message };
}
