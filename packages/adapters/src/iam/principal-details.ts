import type { Group } from "@aws-sdk/client-iam";
import type { PrincipalName } from "@kms-guard/core/policy/policy.ts";
import type { PrincipalDetails } from "@kms-guard/guard/ports.ts";
import type { Iam } from "./connection.ts";
import { PAGE_SIZE } from "./principal-policies.ts";
import { ifThere, promised } from "./reading.ts";

/** A principal's ARN, which only these calls answer with its path, and a group's users; `undefined` where it is gone. */
export async function principalDetails(
  iam: Iam,
  { type, name }: PrincipalName,
): Promise<PrincipalDetails | undefined> {
  const { client, sdk } = iam;
  switch (type) {
    case "user": {
      const answer = await ifThere(
        `GetUser \`${name}\``,
        client.send(new sdk.GetUserCommand({ UserName: name })),
      );
      return answer && details(answer.User?.Arn, answer.User?.UserId);
    }
    case "role": {
      const answer = await ifThere(
        `GetRole \`${name}\``,
        client.send(new sdk.GetRoleCommand({ RoleName: name })),
      );
      return answer && details(answer.Role?.Arn, answer.Role?.RoleId);
    }
    case "group":
      return ifThere(`GetGroup \`${name}\``, group(iam, name));
  }
}

async function group({ client, sdk }: Iam, name: string): Promise<PrincipalDetails> {
  let answered: Group | undefined;
  let members = 0;
  for await (const page of sdk.paginateGetGroup({ client, pageSize: PAGE_SIZE }, { GroupName: name })) {
    answered = page.Group;
    members += page.Users?.length ?? 0;
  }
  return { ...details(answered?.Arn, answered?.GroupId), members };
}

function details(arn: string | undefined, id: string | undefined): PrincipalDetails {
  return { arn: promised(arn, "Arn"), ...(id !== undefined && { id }) };
}
