/**
 * A policy document's own text. IAM sends it URL-encoded (RFC 3986, so `+` is no blank); where it has been decoded
 * before, it is left alone, because a `%2A` in it is then meant. Nothing is trimmed: a restore puts it back as it was.
 * What is neither stays as it is, for the parser to refuse.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicyVersion.html
 */
export function documentText(received: string): string {
  if (received.trimStart().startsWith("{")) return received;
  try {
    return decodeURIComponent(received);
  } catch {
    return received;
  }
}
