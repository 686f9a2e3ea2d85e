import type { PrincipalName } from "@kms-guard/core/policy/policy.ts";
import type { PrincipalDetails } from "@kms-guard/guard/ports.ts";
import type { Iam } from "./connection.ts";
import { PAGE_SIZE } from "./principal-policies.ts";
import { ifThere, promised } from "./reading.ts";

/** A principal's ARN, which only these calls tell with its path, and a group's users; `undefined` where it is gone. */
export async function holder(iam: Iam, { type, name }: PrincipalName): Promise<PrincipalDetails | undefined> {
  const { client, sdk } = iam;
  switch (type) {
    case "user": {
      const answer = await ifThere(
        `GetUser \`${name}\``,
        client.send(new sdk.GetUserCommand({ UserName: name })),
      );
      return answer && { arn: promised(answer.User?.Arn, "User.Arn") };
    }
    case "role": {
      const answer = await ifThere(
        `GetRole \`${name}\``,
        client.send(new sdk.GetRoleCommand({ RoleName: name })),
      );
      return answer && { arn: promised(answer.Role?.Arn, "Role.Arn") };
    }
    case "group":
      return ifThere(`GetGroup \`${name}\``, group(iam, name));
  }
}

async function group({ client, sdk }: Iam, name: string): Promise<PrincipalDetails> {
  let arn: string | undefined;
  let members = 0;
  for await (const page of sdk.paginateGetGroup({ client, pageSize: PAGE_SIZE }, { GroupName: name })) {
    arn = page.Group?.Arn;
    members += page.Users?.length ?? 0;
  }
  return { arn: promised(arn, "Group.Arn"), members };
}
