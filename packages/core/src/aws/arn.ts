import type { ManagedPolicy } from "../policy/policy.ts";

/**
 * The parts of an Amazon Resource Name; region and account may be empty.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  /** All that is left: `role/team/Build`, `function:guard:live`. */
  readonly resource: string;
}

/** `undefined` for text that is no ARN. */
export function parseArn(text: string): Arn | undefined {
  const [scheme, partition, service, region, account, ...rest] = text.split(":");
  const resource = rest.join(":");
  if (scheme !== "arn" || !partition || !service || resource === "") return undefined;
  return region === undefined || account === undefined
    ? undefined
    : { partition, service, region, account, resource };
}

/** The name at the end of an ARN, without path: `Build` of `…:role/team/Build`, `Alerts` of a topic's ARN. */
export function arnName(arn: string): string {
  return arn.slice(Math.max(arn.lastIndexOf("/"), arn.lastIndexOf(":")) + 1);
}

/** The path of an IAM ARN: `/team/` of `…:role/team/Build`, `/` of `…:role/Build`; `undefined` where it has none. */
export function arnPath(arn: string): string | undefined {
  const start = arn.indexOf("/");
  return start < 0 ? undefined : arn.slice(start, arn.lastIndexOf("/") + 1);
}

/** `aws-managed` where the account of the policy's ARN is `aws`. */
export function managedPolicyKind(policyArn: string): ManagedPolicy["kind"] {
  return parseArn(policyArn)?.account === "aws" ? "aws-managed" : "managed";
}

/** `guard` of `arn:aws:lambda:us-east-1:111122223333:function:guard`, also with an alias; `undefined` for any other ARN. */
export function lambdaFunctionName(arn: string): string | undefined {
  const parsed = parseArn(arn);
  const [type, name] = parsed?.resource.split(":") ?? [];
  return parsed?.service === "lambda" && type === "function" ? name : undefined;
}
