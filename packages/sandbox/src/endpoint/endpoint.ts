import {
  Agent,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from "node:http";
import { authorizationFor } from "../moto/moto-calls.ts";
import type { Called } from "./resource-of-call.ts";

/** A request that came in, as far as it can be read. */
export interface Incoming extends Called {
  readonly accessKeyId: string | undefined;
  readonly sourceIp: string;
  readonly userAgent: string;
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface EndpointRules {
  /** The resource to check a caller's permissions against; undefined for a caller who may do everything. */
  readonly checkedResource: (call: Incoming) => string | undefined;
  /** An answer of the sandbox's own, instead of moto's. */
  readonly ownAnswer: (call: Incoming) => Promise<Answer> | undefined;
  /** Called when the answer is with the caller. The body is there for IAM alone, whose answers are recorded. */
  readonly onAnswered: (call: Incoming, answer: Answer, calledAtMs: number) => void;
}

/** The plugin of moto reads it; a client that sends it gains nothing. */
const RESOURCE_HEADER = "x-sandbox-resource";
const JSON_TYPE = "application/json";
const HOP_BY_HOP = new Set(["connection", "keep-alive", "transfer-encoding", "expect", RESOURCE_HEADER]);

/** Requests to moto at a time: it works them off one by one anyway. */
const CONNECTIONS = 32;

/** The JSON protocol's services by what `X-Amz-Target` begins with, for callers who do not sign. */
const SERVICES: Readonly<Record<string, string>> = {
  DynamoDB_20120810: "dynamodb",
  AWSEvents: "events",
  Logs_20140328: "logs",
  AmazonSQS: "sqs",
  AmazonSSM: "ssm",
  TrentService: "kms",
};
const SERVICES_BY_VERSION: Readonly<Record<string, string>> = {
  "2010-05-08": "iam",
  "2011-06-15": "sts",
  "2010-03-31": "sns",
  "2012-11-05": "sqs",
};

/** One endpoint for every service, in front of moto: passes requests on as they are, and calls back with each answer. */
export function endpoint(motoEndpoint: string, rules: EndpointRules): RequestListener {
  const moto = new URL(motoEndpoint);
  const agent = new Agent({ maxSockets: CONNECTIONS });

  function handle(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
    const calledAtMs = Date.now();
    const call = incoming(request, body);
    const own = rules.ownAnswer(call);
    if (own !== undefined) {
      own.then(
        (answer) =>
          response
            .writeHead(answer.status, { "content-type": JSON_TYPE, ...answer.headers })
            .end(answer.body),
        (error: unknown) => refuse(response, error),
      );
      return;
    }
    const forwarded = httpRequest(
      {
        ...{ host: moto.hostname, port: moto.port, agent },
        ...{ method: call.method, path: call.path, headers: headersFor(request, call, body) },
      },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, withoutHopByHop(answer.headers));
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => {
          if (call.service === "iam") chunks.push(chunk);
          response.write(chunk);
        });
        answer.on("error", () => response.destroy());
        answer.on("end", () => {
          response.end();
          const text = Buffer.concat(chunks).toString();
          rules.onAnswered(call, { status: answer.statusCode ?? 502, body: text }, calledAtMs);
        });
      },
    );
    forwarded.on("error", (error) => refuse(response, error));
    forwarded.end(body);
  }

  function headersFor(
    request: IncomingMessage,
    call: Incoming,
    body: Buffer,
  ): Record<string, string | string[]> {
    const resource = rules.checkedResource(call);
    return {
      ...withoutHopByHop(request.headers),
      ...(request.headers.authorization === undefined && { authorization: authorizationFor(call.service) }),
      ...(resource !== undefined && { [RESOURCE_HEADER]: resource }),
      "content-length": String(body.length),
    };
  }

  return (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("error", () => response.destroy());
    request.on("end", () => handle(request, response, Buffer.concat(chunks)));
  };
}

function incoming(request: IncomingMessage, body: Buffer): Incoming {
  const { method = "GET", url: path = "/", headers } = request;
  const target = headers["x-amz-target"];
  const [prefix, targetAction] = typeof target === "string" ? target.split(".", 2) : [];
  const isForm = headers["content-type"]?.startsWith("application/x-www-form-urlencoded") === true;
  const query = path.includes("?") ? path.slice(path.indexOf("?") + 1) : "";
  const form = new URLSearchParams(isForm ? body.toString() : query);
  const [, accessKeyId, service] =
    /Credential=([^/,\s]+)\/\d+\/[^/]*\/([^/]+)\//.exec(headers.authorization ?? "") ??
    /^([^/]+)\/\d+\/[^/]*\/([^/]+)\//.exec(form.get("X-Amz-Credential") ?? "") ??
    [];
  return {
    service:
      service?.toLowerCase() ??
      SERVICES[prefix ?? ""] ??
      SERVICES_BY_VERSION[form.get("Version") ?? ""] ??
      headers.host?.split(".", 1)[0] ??
      "",
    action: targetAction ?? form.get("Action") ?? "",
    form,
    json: prefix === undefined ? undefined : jsonOf(body),
    accessKeyId,
    sourceIp: request.socket.remoteAddress ?? "127.0.0.1",
    userAgent: headers["user-agent"] ?? "",
    ...{ method, path, headers, body },
  };
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

function withoutHopByHop(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || HOP_BY_HOP.has(name) ? [] : [[name, value]],
    ),
  );
}

function refuse(response: ServerResponse, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  if (response.headersSent) response.destroy();
  else response.writeHead(502, { "content-type": JSON_TYPE }).end(JSON.stringify({ message }));
}
