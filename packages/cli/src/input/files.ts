import { createReadStream } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Io } from "../io/io.ts";

/** A file to read, or the reason why it cannot be read. */
export type Found =
  | {
      readonly kind: "file";
      /** As the user would type it. */
      readonly path: string;
      /** True if the user named the file, false if it was found in a folder. */
      readonly named: boolean;
      readonly bytes: () => AsyncIterable<Uint8Array>;
    }
  | { readonly kind: "unreadable"; readonly path: string; readonly problem: string };

/** Folders that never contain the user's policies. */
const SKIPPED = new Set([".git", "node_modules"]);

/**
 * The files at a path: the file itself, every file below a folder in the order of their names, or standard input for
 * `-`. Symbolic links are followed, but each folder only once, so that cycles end.
 */
export async function* filesAt(path: string, io: Io): AsyncGenerator<Found> {
  if (path === "-") {
    yield { kind: "file", path, named: true, bytes: () => io.stdin };
    return;
  }
  const absolute = resolve(io.cwd, path);
  try {
    if ((await stat(absolute)).isDirectory()) yield* filesIn(path, absolute, new Set());
    else yield { kind: "file", path, named: true, bytes: () => createReadStream(absolute) };
  } catch (error) {
    yield { kind: "unreadable", path, problem: unreadableBecause(error) };
  }
}

async function* filesIn(path: string, absolute: string, seen: Set<string>): AsyncGenerator<Found> {
  const real = await realpath(absolute);
  if (seen.has(real)) return;
  seen.add(real);
  const names = await readdir(absolute);
  for (const name of names.sort()) {
    const at = { path: join(path, name), absolute: join(absolute, name) };
    try {
      const entry = await stat(at.absolute);
      if (entry.isDirectory()) {
        if (!SKIPPED.has(name)) yield* filesIn(at.path, at.absolute, seen);
      } else if (entry.isFile()) {
        yield { kind: "file", path: at.path, named: false, bytes: () => createReadStream(at.absolute) };
      }
    } catch (error) {
      yield { kind: "unreadable", path: at.path, problem: unreadableBecause(error) };
    }
  }
}

/** True if a file of this name should be JSON, though its folder may have other files too. */
export function hasJsonName(path: string): boolean {
  return /\.(json|jsonl|ndjson)(\.gz)?$/i.test(path);
}

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
