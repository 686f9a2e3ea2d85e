import { childOf, parseXml, type XmlElement } from "./xml.ts";

/** The query protocol's services and the version that each asks for. */
const VERSIONS = { iam: "2010-05-08", sts: "2011-06-15", sns: "2010-03-31" } as const;

/** The JSON protocol's services, and what `X-Amz-Target` begins with. */
const TARGETS = {
  cloudtrail: "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101",
  dynamodb: "DynamoDB_20120810",
  events: "AWSEvents",
  logs: "Logs_20140328",
  /** CloudWatch, as a signature names it. */
  monitoring: "GraniteServiceVersion20100801",
  sqs: "AmazonSQS",
  ssm: "AmazonSSM",
} as const;

/** AWS's API as the sandbox itself uses it on moto: everything is allowed, nothing is signed and nothing recorded. */
export interface MotoCalls {
  /** Members of the form; undefined ones are left out. */
  query(
    service: keyof typeof VERSIONS,
    action: string,
    form: Readonly<Record<string, string | undefined>>,
    accessKeyId?: string,
  ): Promise<XmlElement>;
  json(service: keyof typeof TARGETS, action: string, body: object): Promise<unknown>;
  rest(service: "lambda" | "s3", method: "POST" | "PUT", path: string, body?: object): Promise<void>;
}

export const REGION = "us-east-1";

/** @throws by each call Error with the service, the action and what moto said. */
export function motoCalls(endpoint: string): MotoCalls {
  async function send(
    service: string,
    action: string,
    accessKeyId: string,
    init: RequestInit,
    path = "/",
  ): Promise<string> {
    const response = await fetch(new URL(path, endpoint), {
      method: "POST",
      ...init,
      headers: { ...init.headers, authorization: authorizationFor(service, accessKeyId) },
    });
    const text = await response.text();
    if (!response.ok)
      throw new Error(`${service}:${action} answered ${response.status}: ${text.slice(0, 500)}`);
    return text;
  }

  return {
    async query(service, action, form, accessKeyId = "SANDBOX") {
      const body = new URLSearchParams({ Action: action, Version: VERSIONS[service] });
      for (const [name, value] of Object.entries(form)) if (value !== undefined) body.set(name, value);
      const answer = parseXml(await send(service, action, accessKeyId, { body }));
      const result = childOf(answer, `${action}Result`) ?? answer;
      if (result === undefined) throw new Error(`${service}:${action} did not answer XML`);
      return result;
    },

    async json(service, action, body) {
      const text = await send(service, action, "SANDBOX", {
        headers: {
          "content-type": "application/x-amz-json-1.0",
          "x-amz-target": `${TARGETS[service]}.${action}`,
        },
        body: JSON.stringify(body),
      });
      const answer: unknown = text === "" ? {} : JSON.parse(text);
      return answer;
    },

    async rest(service, method, path, body) {
      const init = { method, ...(body !== undefined && { body: JSON.stringify(body) }) };
      await send(service, `${method} ${path}`, "SANDBOX", init, path);
    },
  };
}

/** Names the service and the caller, as a signature does; there is nobody to check it. */
export function authorizationFor(service: string, accessKeyId = "SANDBOX"): string {
  return `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/${REGION}/${service}/aws4_request, SignedHeaders=host, Signature=none`;
}
