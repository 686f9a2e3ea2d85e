import { shellWord } from "@kms-guard/core/text/shell.ts";
import { oneLine } from "@kms-guard/core/text/untrusted.ts";
import { Failure } from "../io/errors.ts";

interface Told {
  readonly code: string;
  readonly message: string;
}

/** AWS's words for one cause, whatever the service; without the `Exception` that some of them add. */
const CODES = {
  noCredentials: ["CredentialsProviderError", "TokenProviderError", "ProviderError"],
  expired: ["ExpiredToken", "RequestExpired", "TokenRefreshRequired"],
  unknownCredentials: [
    ...["InvalidClientTokenId", "UnrecognizedClient", "InvalidAccessKeyId", "AuthFailure"],
    ...["SignatureDoesNotMatch", "InvalidSignature", "IncompleteSignature", "MissingAuthenticationToken"],
  ],
  clock: ["RequestTimeTooSkewed", "RequestInTheFuture"],
  denied: ["AccessDenied", "UnauthorizedOperation", "AuthorizationError"],
  throttled: [
    ...["Throttling", "ThrottledException", "Throttled", "TooManyRequests", "RequestThrottled", "SlowDown"],
    ...["RequestLimitExceeded", "ProvisionedThroughputExceeded", "PriorRequestNotComplete"],
  ],
  gone: ["ResourceNotFound", "NotFound"],
  unreached: [
    ...["EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "EHOSTUNREACH", "ENETUNREACH", "ENOTFOUND", "EPIPE"],
    ...["ETIMEDOUT", "TimeoutError"],
  ],
  unreadable: ["Unreadable"],
} as const satisfies Record<string, readonly string[]>;

/**
 * What came of AWS as one line with its cure, or `undefined` for what is no answer of AWS and no lack of one.
 * @param profile The one that was named, for the commands in the cure.
 */
export function awsFailure(error: unknown, profile: string | undefined): Failure | undefined {
  for (const cause of causesOf(error)) {
    const told = toldBy(cause);
    if (told !== undefined) return new Failure(sentence(told, profile), { cause: error });
  }
  return undefined;
}

function sentence({ code, message }: Told, profile: string | undefined): string {
  const said = `${code}: ${message}`;
  const login = `\`aws sso login${profile === undefined ? "" : ` --profile ${shellWord(profile)}`}\``;
  const among = (kind: keyof typeof CODES) => CODES[kind].some((known) => known === code);
  if (among("noCredentials")) {
    if (message.includes("multi-factor")) {
      const named = profile === undefined ? "" : ` --profile ${shellWord(profile)}`;
      return `the profile asks for an MFA code; the AWS CLI can: \`eval "$(aws configure export-credentials${named} --format env)"\`, then again without --profile (${said})`;
    }
    return `there are no AWS credentials (${message}): sign in with ${login}, or name a profile with --profile or AWS_PROFILE; \`aws sts get-caller-identity\` shows what there is`;
  }
  if (among("expired"))
    return `the AWS credentials have expired (${said}): sign in again, with ${login} or as you did before`;
  if (among("clock") || /Signature (expired|not yet current)/.test(message))
    return `this machine's clock is wrong, so AWS takes no signature of it (${said}): set the time`;
  if (among("unknownCredentials"))
    return `AWS does not take these credentials (${said}): sign in again with ${login}, or name another profile with --profile`;
  if (among("denied"))
    return `these credentials may not do this (${said}): use a role that may, with --profile, or have it allowed`;
  if (among("throttled")) return `AWS is throttling (${said}): wait a minute, then run the same again`;
  if (among("gone"))
    return `a resource of the deployment is not there (${said}): is it being taken down? \`npx sst deploy\` makes it anew`;
  if (among("unreached"))
    return `AWS cannot be reached (${said}): look at the network, at --region, and at AWS_ENDPOINT_URL if it is set`;
  if (among("unreadable"))
    return `what answered is not AWS (${message}): look for a proxy in between, and at AWS_ENDPOINT_URL if it is set`;
  return `AWS refused (${said})`;
}

/** An error of AWS's SDK: an answer of a service, credentials that could not be found, an answer that did not come. */
function toldBy(error: Error): Told | undefined {
  // The SDK keeps the answer with the error that the reading of it ended in.
  if ("$response" in error && !("$fault" in error)) {
    return { code: "Unreadable", message: oneLine(error.message).slice(0, MESSAGE_LENGTH) };
  }
  const name = error.name.replace(/Exception$/, "");
  const systemCode = "code" in error && typeof error.code === "string" ? error.code : "";
  const code = CODES.unreached.some((known) => known === systemCode) ? systemCode : name;
  const isKnown = Object.values(CODES).some((codes) => codes.some((known) => known === code));
  if (!isKnown && !("$fault" in error)) return undefined;
  return { code, message: oneLine(error.message).slice(0, MESSAGE_LENGTH) };
}

const MESSAGE_LENGTH = 600;

/** The error itself, then what it was caused by or is made of. */
function* causesOf(error: unknown, seen = new Set<unknown>()): Generator<Error> {
  if (!(error instanceof Error) || seen.has(error)) return;
  seen.add(error);
  yield error;
  yield* causesOf(error.cause, seen);
  if (error instanceof AggregateError) for (const part of error.errors) yield* causesOf(part, seen);
}
