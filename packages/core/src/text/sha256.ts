import { getBuiltinModule } from "node:process";

/**
 * Lower-case hex SHA-256 of a text in UTF-8, byte for byte. `node:crypto` is loaded by the first one: an event that is
 * answered without any need not wait for that.
 */
export function sha256(text: string): string {
  return getBuiltinModule("node:crypto").createHash("sha256").update(text, "utf8").digest("hex");
}
