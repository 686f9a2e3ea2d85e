/**
 * The JSON text of a policy document: without byte order mark and outer white space, URL-decoded exactly once where
 * it is encoded, as IAM returns it from GetPolicyVersion and Get{User,Role,Group}Policy (RFC 3986: `+` is no blank).
 * A text that begins like an object is never decoded: its `%2A` is meant. `undefined` where the encoding is broken.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicyVersion.html
 */
export function decodePolicyText(text: string): string | undefined {
  const plain = trimmed(text);
  if (plain.startsWith("{") || !plain.includes("%")) return plain;
  try {
    return trimmed(decodeURIComponent(plain));
  } catch {
    return undefined;
  }
}

function trimmed(text: string): string {
  return text.replace(/^\uFEFF/, "").trim();
}
