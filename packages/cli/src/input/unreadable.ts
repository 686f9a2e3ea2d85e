/** Input that cannot be read. The message is a clause that follows the file's name. */
export class Unreadable extends Error {
  override readonly name = "Unreadable";
}

const BY_CODE: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "does not exist"],
  ["ENOTDIR", "does not exist: a part of the path is a file"],
  ["EACCES", "may not be read: permission denied"],
  ["EPERM", "may not be read: permission denied"],
  ["ELOOP", "is a symbolic link that leads back to itself"],
  ["Z_BUF_ERROR", "is gzip data that ends too early"],
  ["Z_DATA_ERROR", "is damaged gzip data"],
]);

/** The problem with the input, as a clause that follows its name. Rethrows any error that is not about the input. */
export function unreadableBecause(error: unknown): string {
  if (error instanceof Unreadable) return error.message;
  if (error instanceof Error && "code" in error && typeof error.code === "string") {
    return BY_CODE.get(error.code) ?? `cannot be read: ${error.message}`;
  }
  throw error;
}
