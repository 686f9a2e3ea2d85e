import { createHash } from "node:crypto";

/** Lower-case hex SHA-256 of a document's text, byte for byte: another space is another hash. */
export function documentSha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}
