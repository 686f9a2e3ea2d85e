import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const MAIN = join(import.meta.dirname, "main.ts");
const FULL = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:*","Resource":"*"}}';
const NONE = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}';

let cwd: string;

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "kms-guard-main-"));
  writeFileSync(join(cwd, "full.json"), FULL);
  writeFileSync(join(cwd, "none.json"), NONE);
});

afterAll(() => {
  rmSync(cwd, { recursive: true });
});

/** The real program, as a process of its own. */
function kmsGuard(args: readonly string[], input: string | Uint8Array = "", env: NodeJS.ProcessEnv = {}) {
  return spawnSync(process.execPath, [MAIN, ...args], {
    cwd,
    input,
    encoding: "utf8",
    env: { PATH: process.env.PATH, ...env },
  });
}

describe("kms-guard as a process", () => {
  it.each([
    { args: ["scan", "none.json"], status: 0 },
    { args: ["scan", "full.json"], status: 2 },
    { args: ["scan", "missing.json"], status: 2 },
    { args: ["scan", "--nope"], status: 3 },
    { args: ["nope"], status: 3 },
    { args: [], status: 3 },
    { args: ["--help"], status: 0 },
    { args: ["scan", "--help"], status: 0 },
    { args: ["--version"], status: 0 },
  ])("ends $args with $status", ({ args, status }) => {
    expect(kmsGuard(args).status).toBe(status);
  });

  it.each([{ input: FULL }, { input: gzipSync(FULL) }])("reads standard input", ({ input }) => {
    const { status, stdout, stderr } = kmsGuard(["scan", "-", "--output", "jsonl"], input);
    expect(JSON.parse(stdout)).toMatchObject({ id: "-", source: "-:1", verdict: "full" });
    expect(stderr).toBe("");
    expect(status).toBe(2);
  });

  it("prints no colour into a pipe, whatever the environment asks for", () => {
    expect(kmsGuard(["scan", "full.json"], "", { FORCE_COLOR: "1" }).stdout).not.toContain("\u001b");
  });

  it("starts from where npm was called when npm runs it", () => {
    const env = { npm_lifecycle_event: "kms-guard", INIT_CWD: join(cwd, "elsewhere") };
    expect(kmsGuard(["scan", "none.json"], "", env).status).toBe(2);
    expect(kmsGuard(["scan", "none.json"], "", { ...env, INIT_CWD: cwd }).status).toBe(0);
  });

  it("does not pass for clean when nobody reads its answer to the end", () => {
    const lines = `${JSON.stringify({ id: "x".repeat(1000), document: JSON.parse(NONE) })}\n`.repeat(2000);
    writeFileSync(join(cwd, "many.jsonl"), lines);
    const script = 'set -o pipefail; "$0" "$1" scan many.jsonl --all --output jsonl | head -c 1';
    const { status, stdout, stderr } = spawnSync("bash", ["-c", script, process.execPath, MAIN], {
      cwd,
      encoding: "utf8",
    });
    expect({ status, stdout, stderr }).toEqual({ status: 1, stdout: "{", stderr: "" });
  });
});
