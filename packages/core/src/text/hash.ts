import { createHash } from "node:crypto";

/** Lower-case hex SHA-256 of a text in UTF-8, byte for byte: another space in a document is another hash. */
export function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

/** `kg-` and 16 hex digits: the same for the same parts. JSON keeps the parts apart whatever they contain. */
export function shortId(prefix: string, parts: readonly unknown[]): string {
  return `${prefix}-${sha256(JSON.stringify(parts)).slice(0, 16)}`;
}
