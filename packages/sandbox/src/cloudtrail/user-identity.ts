/** Who called: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html */
export interface UserIdentity {
  readonly type: "Root" | "IAMUser" | "AssumedRole";
  readonly principalId: string;
  readonly arn: string;
  readonly accountId: string;
  readonly accessKeyId?: string;
  readonly userName?: string;
  readonly sessionContext?: {
    readonly sessionIssuer: {
      readonly type: "Role";
      readonly principalId: string;
      readonly arn: string;
      readonly accountId: string;
      readonly userName: string;
    };
    readonly attributes: { readonly creationDate: string; readonly mfaAuthenticated: "false" };
  };
}

/** What GetCallerIdentity says of a key. */
export interface CallerIdentity {
  /** `AIDA…` of a user, `AROA…:session` of a role. */
  readonly userId: string;
  readonly arn: string;
}

/**
 * The identity behind an access key.
 * @param caller Absent for a key that the account does not know, which acts as the account itself.
 * @param roleArn Of an assumed role, the role's own ARN, which has the path that the session's has not.
 */
export function userIdentity(
  account: string,
  accessKeyId: string | undefined,
  caller: CallerIdentity | undefined,
  roleArn: (roleName: string) => string,
  seenAtMs: number,
): UserIdentity {
  const key = accessKeyId === undefined ? {} : { accessKeyId };
  const [, kind, name] = /:(user|assumed-role)\/(.+)$/.exec(caller?.arn ?? "") ?? [];
  if (caller === undefined || name === undefined) {
    return {
      type: "Root",
      principalId: account,
      arn: `arn:aws:iam::${account}:root`,
      accountId: account,
      ...key,
    };
  }
  const known = { principalId: caller.userId, arn: caller.arn, accountId: account, ...key };
  if (kind === "user") return { type: "IAMUser", ...known, userName: lastOf(name) };
  const roleName = name.split("/", 1)[0] ?? name;
  return {
    type: "AssumedRole",
    ...known,
    sessionContext: {
      sessionIssuer: {
        type: "Role",
        principalId: caller.userId.split(":", 1)[0] ?? caller.userId,
        arn: roleArn(roleName),
        accountId: account,
        userName: roleName,
      },
      attributes: {
        creationDate: `${new Date(seenAtMs).toISOString().slice(0, 19)}Z`,
        mfaAuthenticated: "false",
      },
    },
  };
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
