import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { gathered, memoryIo } from "../io/memory-io.fixture.ts";
import { filesAt } from "./files.ts";

let cwd: string;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "kms-guard-files-"));
});

afterEach(() => {
  rmSync(cwd, { recursive: true });
});

function write(...paths: readonly string[]): void {
  for (const path of paths) {
    mkdirSync(join(cwd, path, ".."), { recursive: true });
    writeFileSync(join(cwd, path), path);
  }
}

/** Paths, those that cannot be read with their problem. */
async function list(path: string): Promise<string[]> {
  const found = await gathered(filesAt(path, memoryIo({ cwd })));
  return found.map((one) => (one.kind === "file" ? one.path : `${one.path} ${one.problem}`));
}

describe("filesAt", () => {
  it("lists a folder at any depth, in the order of names", async () => {
    write("p/b.json", "p/a/2.json", "p/a/1/deep", "p/.hidden");
    expect(await list("p")).toEqual(["p/.hidden", "p/a/1/deep", "p/a/2.json", "p/b.json"]);
  });

  it("keeps paths as the user writes them", async () => {
    write("p/a.json");
    expect(await list(join(cwd, "p"))).toEqual([join(cwd, "p/a.json")]);
    expect(await list("./p/")).toEqual(["p/a.json"]);
    expect(await list("p/a.json")).toEqual(["p/a.json"]);
  });

  it("distinguishes a named file from one in a folder", async () => {
    write("p/a.json");
    expect(await gathered(filesAt("p", memoryIo({ cwd })))).toMatchObject([{ named: false }]);
    expect(await gathered(filesAt("p/a.json", memoryIo({ cwd })))).toMatchObject([{ named: true }]);
  });

  it("survives symbolic links in a circle, and follows those that lead on", async () => {
    write("p/a.json", "elsewhere/b.json");
    symlinkSync("..", join(cwd, "p/up"));
    symlinkSync(".", join(cwd, "p/self"));
    symlinkSync("../elsewhere", join(cwd, "p/else"));
    expect(await list("p")).toEqual(["p/a.json", "p/else/b.json"]);
  });

  it("lists a folder again under the name that it met first", async () => {
    write("p/x/a.json");
    symlinkSync("x", join(cwd, "p/also"));
    expect(await list("p")).toEqual(["p/also/a.json"]);
  });

  it("skips .git and node_modules, unless they are named", async () => {
    write("p/node_modules/m/package.json", "p/.git/config", "p/a.json");
    expect(await list("p")).toEqual(["p/a.json"]);
    expect(await list("p/.git")).toEqual(["p/.git/config"]);
  });

  it("reports links that lead nowhere or to themselves, and goes on", async () => {
    write("p/z.json");
    symlinkSync("nowhere", join(cwd, "p/a.json"));
    symlinkSync("b.json", join(cwd, "p/b.json"));
    expect(await list("p")).toEqual([
      "p/a.json does not exist",
      "p/b.json is a symbolic link that leads back to itself",
      "p/z.json",
    ]);
  });

  it.each([
    { path: "missing.json", problem: "missing.json does not exist" },
    { path: "a.json/below", problem: "a.json/below does not exist: a part of the path is a file" },
  ])("reports $path", async ({ path, problem }) => {
    write("a.json");
    expect(await list(path)).toEqual([problem]);
  });

  it("reads standard input for `-`", async () => {
    const [found] = await gathered(filesAt("-", memoryIo({ cwd, stdin: [Buffer.from("text")] })));
    expect(found).toMatchObject({ kind: "file", path: "-", named: true });
    const bytes = found?.kind === "file" ? await gathered(found.bytes()) : [];
    expect(bytes).toEqual([Buffer.from("text")]);
  });
});
