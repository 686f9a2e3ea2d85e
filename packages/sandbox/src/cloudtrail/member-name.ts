/** How CloudTrail writes the name of a member of IAM's API: `PolicyArn` is `policyArn`. */
export function memberName(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
