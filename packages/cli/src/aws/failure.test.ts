import { describe, expect, test } from "vitest";
import { awsFailure } from "./failure.ts";

/** An error as the SDK makes one of a service's answer. */
function answer(name: string, message: string): Error {
  return Object.assign(new Error(message), { name, $fault: "client" });
}

describe("awsFailure", () => {
  test.each([
    {
      given: "a profile that wants an MFA code",
      error: Object.assign(
        new Error(
          "Profile oncall requires multi-factor authentication, but no MFA code callback was provided.",
        ),
        { name: "CredentialsProviderError" },
      ),
      message:
        'export credentials with the AWS CLI: `eval "$(aws configure export-credentials --profile oncall --format env)"`',
    },
    {
      given: "a signature that came late",
      error: answer("SignatureDoesNotMatch", "Signature expired: 20260302T080000Z is now earlier than …"),
      message: "this machine's clock is wrong",
    },
    {
      given: "an answer that another error was made of",
      error: new Error("IAM did not answer GetPolicy", { cause: answer("AccessDenied", "not you") }),
      message: "these credentials are not allowed to do this (AccessDenied: not you)",
    },
    {
      given: "an answer among several errors",
      error: new AggregateError([new Error("odd"), answer("ThrottlingException", "slower")]),
      message: "AWS is throttling (Throttling: slower)",
    },
    {
      given: "a message with a line break and what a terminal obeys",
      error: answer("ValidationError", "one\n\u001b[2Jtwo"),
      message: "AWS refused (ValidationError: one [2Jtwo)",
    },
    {
      given: "no answer",
      error: Object.assign(new Error("getaddrinfo ENOTFOUND sts.us-esat-1.amazonaws.com"), {
        code: "ENOTFOUND",
      }),
      message: "AWS cannot be reached (ENOTFOUND: getaddrinfo ENOTFOUND sts.us-esat-1.amazonaws.com)",
    },
  ])("says what to do about $given", ({ error, message }) => {
    expect(awsFailure(error, "oncall")?.message).toContain(message);
  });

  test("quotes a profile's name for the shell", () => {
    const error = answer("ExpiredToken", "over");
    expect(awsFailure(error, "on call; x")?.message).toContain("`aws sso login --profile 'on call; x'`");
  });

  test("leaves alone what is not of AWS", () => {
    const circular = new Error("odd");
    circular.cause = circular;
    expect(awsFailure(circular, undefined)).toBeUndefined();
    expect(awsFailure(new TypeError("x is not a function"), undefined)).toBeUndefined();
    expect(awsFailure("odd", undefined)).toBeUndefined();
  });
});
