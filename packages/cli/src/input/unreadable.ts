/** Input that cannot be read: foreseen, and told to the user as a row. The message goes on after the file's name. */
export class Unreadable extends Error {
  override readonly name = "Unreadable";
}

const BY_CODE: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "does not exist"],
  ["ENOTDIR", "does not exist: a part of the path is a file"],
  ["EACCES", "may not be read: permission denied"],
  ["EPERM", "may not be read: permission denied"],
  ["ELOOP", "is a symbolic link that leads in a circle"],
  ["Z_BUF_ERROR", "is gzip data that ends too early"],
  ["Z_DATA_ERROR", "is damaged gzip data"],
]);

/** What is wrong with the input, to go on after its name; a surprise, which is no one's input, is thrown again. */
export function unreadableBecause(error: unknown): string {
  if (error instanceof Unreadable) return error.message;
  if (error instanceof Error && "code" in error && typeof error.code === "string") {
    return BY_CODE.get(error.code) ?? `cannot be read: ${error.message}`;
  }
  throw error;
}
