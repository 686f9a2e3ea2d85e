import { memberName } from "./member-name.ts";

type Json = string | number | boolean | readonly Json[] | { readonly [name: string]: Json };

const FLAGS = new Set([
  ...["SetAsDefault", "PasswordResetRequired", "OnlySendByOwner", "AllowUsersToChangePassword", "HardExpiry"],
  ...["RequireUppercaseCharacters", "RequireLowercaseCharacters", "RequireSymbols", "RequireNumbers"],
]);
const NUMBERS = new Set([
  ...["MaxSessionDuration", "SessionDuration", "CredentialAgeDays"],
  ...["MaxPasswordAge", "MinimumPasswordLength", "PasswordReusePrevention"],
]);
const SECRETS = new Set(["Password", "OldPassword", "NewPassword", "PrivateKey", "AddPrivateKey"]);

/** CloudTrail's limit of the field, in bytes. */
const MOST_BYTES = 102_400;

interface Node {
  value: string | undefined;
  readonly children: Map<string, Node>;
}

/**
 * `requestParameters` of a call on IAM: the form's members in lowerCamelCase, documents as the text that was sent,
 * `Tags.member.1.Key` as a list; null where there are none. What exceeds CloudTrail's limit is left out as a whole.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export function requestParameters(form: URLSearchParams): Json | null {
  const root: Node = { value: undefined, children: new Map() };
  for (const [name, value] of form) {
    if (name === "Action" || name === "Version" || SECRETS.has(name) || name.startsWith("X-Amz-")) continue;
    let node = root;
    for (const part of name.split(".")) {
      const child: Node = node.children.get(part) ?? { value: undefined, children: new Map() };
      node.children.set(part, child);
      node = child;
    }
    node.value = value;
  }
  if (root.children.size === 0) return null;
  const parameters = jsonOf(root, "");
  const bytes = Buffer.byteLength(JSON.stringify(parameters));
  if (bytes <= MOST_BYTES) return parameters;
  return { omitted: true, reason: "requestParameters too large", originalSize: bytes };
}

function jsonOf({ value = "", children }: Node, name: string): Json {
  const list = children.get("member");
  if (list !== undefined) return [...list.children.values()].map((item) => jsonOf(item, name));
  if (children.size > 0) {
    return Object.fromEntries([...children].map(([key, child]) => [memberName(key), jsonOf(child, key)]));
  }
  if (FLAGS.has(name)) return value.toLowerCase() === "true";
  if (NUMBERS.has(name)) return Number(value);
  return value;
}
