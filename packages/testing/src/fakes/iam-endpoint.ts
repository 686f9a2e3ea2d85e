import { createServer } from "node:http";
import { type IamConnection, iamConnection } from "@kms-guard/adapters/iam/connection.ts";
import { vi } from "vitest";

/** A call as it came over the wire: `{ Action: "GetPolicy", PolicyArn: "arn:…" }`. */
export type IamCall = Readonly<Record<string, string>>;

/** What IAM answers: the XML inside the result element, or an error by IAM's code. */
export type IamAnswer =
  | { readonly result: string }
  | { readonly status: number; readonly code: string; readonly message: string }
  | "no answer";

export interface IamEndpoint {
  readonly connection: IamConnection;
  /** Every call so far, in their order. */
  readonly calls: readonly IamCall[];
  /** `["GetPolicy", "GetPolicyVersion"]` */
  actions(): readonly string[];
  close(): Promise<void>;
}

/**
 * IAM's wire protocol on the loopback address, with the answers of one test: for what moto does not do, such as
 * URL-encoded documents, answers in several pages, throttling and refusals. One attempt a call. The environment leads
 * to it until the test ends.
 */
export async function iamEndpoint(
  answer: (call: IamCall) => IamAnswer,
  requestTimeoutMs = 60_000,
): Promise<IamEndpoint> {
  const calls: IamCall[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const call: IamCall = Object.fromEntries(new URLSearchParams(body));
    calls.push(call);
    const said = answer(call);
    if (said === "no answer") return;
    response.writeHead("result" in said ? 200 : said.status, { "content-type": "text/xml" });
    response.end(
      "result" in said ? resultXml(call.Action ?? "", said.result) : errorXml(said.code, said.message),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the endpoint has no port");

  vi.stubEnv("AWS_ENDPOINT_URL", `http://127.0.0.1:${address.port}`);
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "invented");
  return {
    connection: iamConnection({ region: "us-east-1", maxAttempts: 1, requestTimeoutMs }),
    calls,
    actions: () => calls.map(({ Action }) => Action ?? ""),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

const NAMESPACE = 'xmlns="https://iam.amazonaws.com/doc/2010-05-08/"';

function resultXml(action: string, result: string): string {
  return `<${action}Response ${NAMESPACE}><${action}Result>${result}</${action}Result></${action}Response>`;
}

function errorXml(code: string, message: string): string {
  const text = message.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<ErrorResponse ${NAMESPACE}><Error><Code>${code}</Code><Message>${text}</Message></Error></ErrorResponse>`;
}
