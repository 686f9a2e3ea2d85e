import { createReadStream } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Io } from "../io/io.ts";
import { unreadableBecause } from "./unreadable.ts";

/** What is at a path: something to read, or the reason why not. */
export type Found =
  | {
      readonly kind: "file";
      /** As the user would write it. */
      readonly path: string;
      /** False for a file that was met in a folder. */
      readonly named: boolean;
      readonly bytes: () => AsyncIterable<Uint8Array>;
    }
  | { readonly kind: "unreadable"; readonly path: string; readonly problem: string };

/** Folders of other people's files, never of the user's policies. */
const LEFT_OUT = new Set([".git", "node_modules"]);

/**
 * The files at a path: itself, every file of a folder at any depth in the order of their names, or standard input
 * for `-`. Symbolic links are followed, each folder once, so that circles end.
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
        if (!LEFT_OUT.has(name)) yield* filesIn(at.path, at.absolute, seen);
      } else if (entry.isFile()) {
        yield { kind: "file", path: at.path, named: false, bytes: () => createReadStream(at.absolute) };
      }
    } catch (error) {
      yield { kind: "unreadable", path: at.path, problem: unreadableBecause(error) };
    }
  }
}
