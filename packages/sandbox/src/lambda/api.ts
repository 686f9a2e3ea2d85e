import type { Answer, Incoming } from "../endpoint/endpoint.ts";
import type { LambdaFunction } from "./function.ts";

const INVOCATIONS = /^\/2015-03-31\/functions\/([^/]+)\/invocations(?:\?|$)/;

/**
 * Lambda's Invoke, for the functions that run here: `aws lambda invoke --function-name …`.
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 * @returns undefined for any other call.
 */
export function lambdaAnswer(
  call: Incoming,
  functions: ReadonlyMap<string, LambdaFunction>,
): Promise<Answer> | undefined {
  const [, named] = call.method === "POST" ? (INVOCATIONS.exec(call.path) ?? []) : [];
  if (named === undefined) return undefined;
  const name = decodeURIComponent(named).split(":").at(-1) ?? "";
  const invoked = functions.get(name);
  if (invoked === undefined) {
    const body = JSON.stringify({ Type: "User", Message: `Function not found: ${name}` });
    return Promise.resolve({
      status: 404,
      body,
      headers: { "x-amzn-errortype": "ResourceNotFoundException" },
    });
  }
  const event: unknown = call.body.length === 0 ? {} : JSON.parse(call.body.toString());
  if (call.headers["x-amz-invocation-type"] === "Event") {
    void invoked.deliver(event);
    return Promise.resolve({ status: 202, body: "" });
  }
  return invoked.invoke(event).then((outcome) => {
    if (outcome.kind === "returned") return { status: 200, body: outcome.payload };
    const { errorType, errorMessage } = outcome;
    const body = JSON.stringify({ errorType, errorMessage });
    return { status: 200, body, headers: { "x-amz-function-error": "Unhandled" } };
  });
}
