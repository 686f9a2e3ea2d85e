import { createServer, request as forward, type IncomingHttpHeaders } from "node:http";

/** A call on any AWS service as it came over the wire. */
export interface AwsCall {
  /** As the signature names it: `iam`, `dynamodb`, `ssm`, `sts` … */
  readonly service: string;
  /** `AttachUserPolicy`, `PutItem` … */
  readonly action: string;
  readonly body: string;
}

/** How a service refuses. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/**
 * What a call meets on its way: a refusal, or a connection that ends, before the service gets it (`dropped`) or
 * after it has done it (`answer lost`).
 */
export type Hindrance = Refusal | "dropped" | "answer lost";

export interface AwsProxy {
  readonly endpoint: string;
  /** Every call so far, in their order. */
  readonly calls: readonly AwsCall[];
  close(): Promise<void>;
}

/** A proxy of an endpoint: passes every call on, as late as `hinder` says, except those that it hinders. */
export async function awsProxy(
  target: string,
  hinder: (call: AwsCall) => Hindrance | undefined | Promise<Hindrance | undefined> = () => undefined,
): Promise<AwsProxy> {
  const calls: AwsCall[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const bytes = Buffer.concat(chunks);
    const call = callOf(request.headers, bytes.toString("utf8"));
    calls.push(call);
    const hindrance = await hinder(call);
    if (hindrance === "dropped") return request.socket.destroy();
    if (hindrance !== undefined && hindrance !== "answer lost") {
      const isJson = request.headers["x-amz-target"] !== undefined || call.service === "lambda";
      response.writeHead(hindrance.status, {
        "content-type": isJson ? "application/x-amz-json-1.1" : "text/xml",
        ...(isJson && { "x-amzn-errortype": hindrance.code }),
      });
      response.end(
        isJson ? JSON.stringify({ __type: hindrance.code, message: hindrance.message }) : xml(hindrance),
      );
      return;
    }
    const { method, headers, url = "/" } = request;
    const passed = forward(new URL(url, target), { method, headers }, (answer) => {
      if (hindrance === "answer lost") return answer.resume().once("end", () => request.socket.destroy());
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    passed.on("error", () => response.destroy());
    passed.end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    calls,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html: `Credential=key/date/region/service/aws4_request`. */
function callOf(headers: IncomingHttpHeaders, body: string): AwsCall {
  const service = headers.authorization?.split("/")[3] ?? "";
  const target = headers["x-amz-target"];
  const action = typeof target === "string" ? target.split(".")[1] : new URLSearchParams(body).get("Action");
  return { service, action: action ?? "", body };
}

function xml({ code, message }: Refusal): string {
  return `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
}
