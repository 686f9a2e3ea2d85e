import { sha256 } from "./sha256.ts";

/** Lower-case hex SHA-256 of a document's text, byte for byte: another space is another hash. */
export function documentSha256(text: string): string {
  return sha256(text);
}
