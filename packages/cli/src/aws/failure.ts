import { oneLine, shellWord } from "@kms-guard/core/text/untrusted.ts";
import { Failure } from "../io/errors.ts";

interface AwsError {
  readonly code: string;
  readonly message: string;
}

/** The error codes that services use for one cause, without the suffix `Exception`. */
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
 * An error of AWS or of the connection to it as one line that says what to do, or `undefined` for any other error.
 * @param profile The one that the user named, for the commands in that line.
 */
export function awsFailure(error: unknown, profile: string | undefined): Failure | undefined {
  for (const cause of causesOf(error)) {
    const found = awsErrorIn(cause);
    if (found !== undefined) return new Failure(sentence(found, profile), { cause: error });
  }
  return undefined;
}

function sentence({ code, message }: AwsError, profile: string | undefined): string {
  const said = `${code}: ${message}`;
  const login = `\`aws sso login${profile === undefined ? "" : ` --profile ${shellWord(profile)}`}\``;
  const among = (kind: keyof typeof CODES) => CODES[kind].some((known) => known === code);
  if (among("noCredentials")) {
    if (message.includes("multi-factor")) {
      const named = profile === undefined ? "" : ` --profile ${shellWord(profile)}`;
      return `the profile asks for an MFA code; export credentials with the AWS CLI: \`eval "$(aws configure export-credentials${named} --format env)"\`, then run this again without --profile (${said})`;
    }
    return `there are no AWS credentials (${message}): sign in with ${login}, or name a profile with --profile or AWS_PROFILE; \`aws sts get-caller-identity\` shows who you are`;
  }
  if (among("expired"))
    return `the AWS credentials have expired (${said}): sign in again, with ${login} or as you did before`;
  if (among("clock") || /Signature (expired|not yet current)/.test(message))
    return `this machine's clock is wrong, so AWS refuses its signatures (${said}): set the time`;
  if (among("unknownCredentials"))
    return `AWS does not accept these credentials (${said}): sign in again with ${login}, or name another profile with --profile`;
  if (among("denied"))
    return `these credentials are not allowed to do this (${said}): use a role that is, with --profile, or have it allowed`;
  if (among("throttled")) return `AWS is throttling (${said}): wait a minute, then run the same again`;
  if (among("gone"))
    return `a resource of the deployment is not there (${said}): is the deployment being removed? \`npx sst deploy\` creates it again`;
  if (among("unreached"))
    return `AWS cannot be reached (${said}): check the network, --region, and AWS_ENDPOINT_URL if it is set`;
  if (among("unreadable"))
    return `the answer is not from AWS (${message}): check for a proxy in between, and AWS_ENDPOINT_URL if it is set`;
  return `AWS refused (${said})`;
}

/** An error of the AWS SDK: a service's answer, missing credentials, or no answer. */
function awsErrorIn(error: Error): AwsError | undefined {
  // The SDK attaches the response to the error of parsing it.
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

/** The error itself, then its causes and parts. */
function* causesOf(error: unknown, seen = new Set<unknown>()): Generator<Error> {
  if (!(error instanceof Error) || seen.has(error)) return;
  seen.add(error);
  yield error;
  yield* causesOf(error.cause, seen);
  if (error instanceof AggregateError) for (const part of error.errors) yield* causesOf(part, seen);
}
