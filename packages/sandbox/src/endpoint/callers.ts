import { randomUUID } from "node:crypto";
import { type CallerIdentity, type UserIdentity, userIdentity } from "../cloudtrail/user-identity.ts";
import type { MotoCalls } from "../moto/moto-calls.ts";
import { childOf } from "../moto/xml.ts";
import type { Answer, Incoming } from "./endpoint.ts";

/** Says who a key belongs to, asked once a key. */
export type Callers = (accessKeyId: string | undefined) => Promise<UserIdentity>;

/** What moto calls a key that it did not make. */
const NOBODY = /:user\/moto$/;

export function callersOf(calls: MotoCalls, account: string): Callers {
  const known = new Map<string, Promise<UserIdentity>>();

  async function ask(accessKeyId: string): Promise<UserIdentity> {
    const answer = await calls.query("sts", "GetCallerIdentity", {}, accessKeyId);
    const arn = childOf(answer, "Arn")?.text ?? "";
    const caller: CallerIdentity = { userId: childOf(answer, "UserId")?.text ?? "", arn };
    if (NOBODY.test(arn)) return identity(accessKeyId, undefined);
    const [, roleName] = /:assumed-role\/([^/]+)\//.exec(arn) ?? [];
    if (roleName === undefined) return identity(accessKeyId, caller);
    const role = await calls.query("iam", "GetRole", { RoleName: roleName });
    return identity(accessKeyId, caller, childOf(role, "Role", "Arn")?.text);
  }

  function identity(
    key: string | undefined,
    caller: CallerIdentity | undefined,
    roleArn?: string,
  ): UserIdentity {
    const arnOf = (roleName: string) => roleArn ?? `arn:aws:iam::${account}:role/${roleName}`;
    return userIdentity(account, key, caller, arnOf, Date.now());
  }

  return (accessKeyId) => {
    if (accessKeyId === undefined) return Promise.resolve(identity(undefined, undefined));
    const asked = known.get(accessKeyId) ?? ask(accessKeyId);
    known.set(accessKeyId, asked);
    // A role that is deleted by now is asked for again, rather than failing ever after.
    asked.catch(() => known.delete(accessKeyId));
    return asked;
  };
}

/**
 * GetCallerIdentity, so that a key that nobody made gets the identity that CloudTrail records for it.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 * @returns undefined for any other call.
 */
export function identityAnswer(call: Incoming, callerOf: Callers): Promise<Answer> | undefined {
  if (call.service !== "sts" || call.action !== "GetCallerIdentity") return undefined;
  return callerOf(call.accessKeyId).then(({ arn, principalId, accountId }) => ({
    status: 200,
    headers: { "content-type": "text/xml" },
    body:
      '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>' +
      `<Arn>${arn}</Arn><UserId>${principalId}</UserId><Account>${accountId}</Account>` +
      `</GetCallerIdentityResult><ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata>` +
      "</GetCallerIdentityResponse>",
  }));
}
