import { oneLine } from "@kms-guard/core/text/untrusted.ts";
import type { WriteResult } from "@kms-guard/guard/ports.ts";

/** Enough for IAM's longest sentence about a denial, with two ARNs in it. */
const MAX_ERROR_LENGTH = 600;

/**
 * What passes by itself: IAM is busy, broken, or does not show the last change yet.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
 */
const PASSING: ReadonlySet<string> = new Set([
  "ConcurrentModification",
  "EntityTemporarilyUnmodifiable",
  "InternalFailure",
  "RequestLimitExceeded",
  "RequestTimeout",
  "ServiceFailure",
  "ServiceUnavailable",
  "Throttling",
  "TooManyRequests",
]);

/** Node's codes for an answer that did not come. */
const UNREACHED: ReadonlySet<string> = new Set([
  "EAI_AGAIN",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
]);

export function isNoSuchEntity(error: unknown): boolean {
  return error instanceof Error && codeOf(error) === "NoSuchEntity";
}

/** IAM's code and message in one printable line: `AccessDenied: User: … is not authorized …`. */
export function iamErrorText(error: unknown): string {
  if (!(error instanceof Error)) return oneLine(String(error)).slice(0, MAX_ERROR_LENGTH);
  const code = codeOf(error);
  // Said first, since it is at the end of a long message, and only the organization's owner can help.
  const fence =
    code === "AccessDenied" && error.message.includes("service control policy")
      ? " (service control policy)"
      : "";
  const text = oneLine(`${code}${fence}: ${error.message}`);
  return text.length > MAX_ERROR_LENGTH ? `${text.slice(0, MAX_ERROR_LENGTH)}…` : text;
}

/** The failure of a write as a result: IAM's refusals and an IAM that cannot be reached. Anything else is thrown on. */
export function failure(error: unknown): WriteResult {
  if (!(error instanceof Error)) throw error;
  const status = httpStatusOf(error);
  const answered = status !== undefined;
  if (!answered && !isUnreached(error)) throw error;
  const retryable = !answered || status >= 500 || status === 429 || PASSING.has(codeOf(error));
  return { outcome: "failed", error: iamErrorText(error), retryable };
}

/** IAM's own code: the SDK names its classes for it, with `Exception` added. */
function codeOf(error: Error): string {
  return error.name.replace(/Exception$/, "");
}

/** Where IAM has answered at all; the SDK puts metadata on other errors too. */
function httpStatusOf(error: Error): number | undefined {
  if (!("$metadata" in error)) return undefined;
  const metadata = error.$metadata;
  if (typeof metadata !== "object" || metadata === null || !("httpStatusCode" in metadata)) return undefined;
  return typeof metadata.httpStatusCode === "number" ? metadata.httpStatusCode : undefined;
}

function isUnreached(error: Error): boolean {
  if (error.name === "TimeoutError") return true;
  return "code" in error && typeof error.code === "string" && UNREACHED.has(error.code);
}
