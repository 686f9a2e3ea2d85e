import { execFile, execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const MANIFEST = JSON.parse(readFileSync(join(ROOT, "packages/cli/package.json"), "utf8"));
const FULL = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:*","Resource":"*"}}';
const NONE = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}';
/** With MFA, and without it. */
const ALWAYS = statements([
  ["Bool", "aws:MultiFactorAuthPresent", "true"],
  ["BoolIfExists", "aws:MultiFactorAuthPresent", "false"],
]);
const CONDITIONS = statements([
  ["ForAnyValue:StringLike", "kms:ResourceAliases", "alias/team-*"],
  ["NotIpAddress", "aws:SourceIp", "203.0.113.0/24"],
  ["DateGreaterThan", "aws:CurrentTime", "2999-01-01T00:00:00Z"],
  ["ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::*:role/ci/*"],
  ["StringEquals", "aws:RequestedRegion", "eu-west-1"],
]);

/** A statement on everything for each condition. */
function statements(conditions: readonly (readonly [operator: string, key: string, value: string])[]) {
  const Statement = conditions.map(([operator, key, value]) => ({
    ...{ Effect: "Allow", Action: "kms:*", Resource: "*" },
    Condition: { [operator]: { [key]: value } },
  }));
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

/** The Node that runs this, and the machine's own where there is another. */
const NODES = [...new Set([process.execPath, ...machineNodes()])].map((path) => ({
  path,
  version: execFileSync(path, ["--version"], { encoding: "utf8" }).trim(),
}));

/** The first `node` on the path that no package of this repository brought. */
function machineNodes(): readonly string[] {
  const folders = (process.env.PATH ?? "")
    .split(delimiter)
    .filter((folder) => !folder.includes("node_modules"));
  return folders
    .map((folder) => join(folder, "node"))
    .filter((file) => existsSync(file))
    .slice(0, 1);
}

let folder: string;
let installed: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "kms-guard-tarball-"));
  const npm = (...args: readonly string[]) => execFileSync("npm", args, { cwd: folder, encoding: "utf8" });
  npm("pack", "--silent", "--pack-destination", folder, join(ROOT, "packages/cli"));
  writeFileSync(join(folder, "package.json"), '{"private":true}');
  npm("install", "--offline", "--ignore-scripts", join(folder, `kms-guard-${MANIFEST.version}.tgz`));
  installed = join(folder, "node_modules/kms-guard");
  writeFileSync(join(folder, "full.json"), FULL);
  writeFileSync(join(folder, "none.json"), NONE);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Runs the installed command with a Node, without AWS credentials. */
function kmsGuard(node: string, args: readonly string[], input = "", env: NodeJS.ProcessEnv = {}) {
  return spawnSync(node, [join(folder, "node_modules/.bin/kms-guard"), ...args], {
    cwd: folder,
    input,
    encoding: "utf8",
    env: { AWS_EC2_METADATA_DISABLED: "true", AWS_REGION: "us-east-1", HOME: folder, ...env },
  });
}

describe.each(NODES)("the installed command on Node $version", ({ path }) => {
  it("says its version", () => {
    expect(kmsGuard(path, ["--version"])).toMatchObject({
      stdout: `${MANIFEST.version}\n`,
      stderr: "",
      status: 0,
    });
  });

  it.each([
    { args: ["--help"], says: "Usage: kms-guard [options] [command]" },
    { args: ["help", "scan"], says: "Usage: kms-guard scan [options] [path...]" },
  ])("prints the help of $args", ({ args, says }) => {
    const { stdout, stderr, status } = kmsGuard(path, args);
    expect({ first: stdout.split("\n")[0], stderr, status }).toEqual({ first: says, stderr: "", status: 0 });
  });

  it.each([
    { what: "a full policy from a file", args: ["scan", "full.json"], input: "", status: 2 },
    { what: "a full policy from standard input", args: ["scan", "-"], input: FULL, status: 2 },
    { what: "a harmless policy from a file", args: ["scan", "none.json"], input: "", status: 0 },
    { what: "a harmless policy from standard input", args: ["scan", "-"], input: NONE, status: 0 },
    { what: "conditions that always hold together", args: ["scan", "-"], input: ALWAYS, status: 2 },
    { what: "conditions that sometimes hold", args: ["scan", "-"], input: CONDITIONS, status: 0 },
    { what: "a misspelt option", args: ["scan", "--nope"], input: "", status: 3 },
    { what: "no command", args: [], input: "", status: 3 },
    { what: "a live command without credentials", args: ["history"], input: "", status: 1 },
  ])("ends with $status for $what", ({ args, input, status }) => {
    const ran = kmsGuard(path, args, input);
    expect(ran.status, ran.stderr).toBe(status);
    expect(ran.stderr).not.toContain("a defect of its own");
  });

  it("plays the demo as a clone does", () => {
    const { stdout, stderr, status } = kmsGuard(path, ["demo"]);
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    expect(stdout).toBe(readFileSync(join(ROOT, "test/golden/demo.txt"), "utf8"));
  });

  /** The files of the package that a run loads. */
  function loadedBy(args: readonly string[]): readonly string[] {
    const coverage = mkdtempSync(join(folder, "coverage-"));
    kmsGuard(path, args, "", { NODE_V8_COVERAGE: coverage });
    const reports = readdirSync(coverage).map((name) =>
      JSON.parse(readFileSync(join(coverage, name), "utf8")),
    );
    const urls: readonly string[] = reports.flatMap(({ result }) =>
      result.map(({ url }: { url: string }) => url),
    );
    return urls.filter((url) => url.includes("/node_modules/kms-guard/")).map((url) => fileURLToPath(url));
  }
  const hasSdk = (file: string) => readFileSync(file, "utf8").includes("aws-sdk");

  it("loads AWS's SDK for a live command only", () => {
    for (const args of [["--help"], ["scan", "full.json"], ["demo"]]) {
      const loaded = loadedBy(args);
      expect(loaded).toContain(join(installed, "dist/main.mjs"));
      expect(loaded.filter(hasSdk)).toEqual([]);
    }
    expect(loadedBy(["history"]).filter(hasSdk)).not.toEqual([]);
  });
});

describe("the tarball", () => {
  it("has the command, its bundle and what a reader needs, and no source or test", () => {
    const files = readdirSync(installed, { recursive: true, encoding: "utf8" });
    expect(files.filter((name) => !name.startsWith("dist/chunks")).sort()).toEqual([
      "LICENSE",
      "README.md",
      "bin",
      "bin/kms-guard.mjs",
      "dist",
      "dist/THIRD-PARTY-NOTICES.txt",
      "dist/main.mjs",
      "dist/node-20.mjs",
      "package.json",
    ]);
    expect(files.filter((name) => name.startsWith("dist/chunks/") && !name.endsWith(".mjs"))).toEqual([]);
  });

  it("exports no module", () => {
    const script = 'import("kms-guard/dist/main.mjs").catch(({ code }) => console.log(code))';
    const { stdout } = spawnSync(process.execPath, ["-e", script], { cwd: folder, encoding: "utf8" });
    expect(stdout).toBe("ERR_PACKAGE_PATH_NOT_EXPORTED\n");
  });

  it("has the licenses of what it bundles", () => {
    const notices = readFileSync(join(installed, "dist/THIRD-PARTY-NOTICES.txt"), "utf8");
    for (const name of ["@aws-sdk/client-iam", "commander", "core-js", "valibot"]) {
      expect(notices).toMatch(new RegExp(`^${name} \\d`, "m"));
    }
    expect(notices).toContain("Apache License");
  });
});

describe("npx --no kms-guard", () => {
  const npx = (cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    new Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>(
      (resolve) => {
        const child = execFile(
          "npx",
          ["--no", "kms-guard", ...args],
          { cwd, env: { ...process.env, ...env } },
          (_, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
        );
      },
    );

  it("runs the workspace's command in a clone, from any folder of it", async () => {
    for (const cwd of [ROOT, join(ROOT, "packages/core/src")]) {
      const { stdout, code } = await npx(cwd, ["scan", join(folder, "full.json"), "--output", "jsonl"]);
      expect(code).toBe(2);
      expect(JSON.parse(stdout)).toMatchObject({ verdict: "full" });
    }
  });

  it("runs the installed command where the tarball is installed", async () => {
    expect(await npx(folder, ["scan", "full.json"])).toMatchObject({ code: 2 });
    expect(await npx(folder, ["scan", "none.json"])).toMatchObject({ code: 0 });
  });

  it("fetches no package of that name where it is not installed", async () => {
    const asked: string[] = [];
    const registry = createServer(({ url = "" }, response) => {
      asked.push(url);
      const dist = { tarball: `http://${address}/kms-guard/-/kms-guard-9.9.9.tgz` };
      const versions = { "9.9.9": { name: "kms-guard", version: "9.9.9", bin: "index.js", dist } };
      response.end(JSON.stringify({ name: "kms-guard", "dist-tags": { latest: "9.9.9" }, versions }));
    });
    registry.listen(0, "127.0.0.1");
    await once(registry, "listening");
    const at = registry.address();
    const address = `127.0.0.1:${typeof at === "object" ? at?.port : undefined}`;
    const elsewhere = mkdtempSync(join(tmpdir(), "kms-guard-none-"));
    try {
      const { code, stdout, stderr } = await npx(elsewhere, ["scan", "full.json"], {
        npm_config_registry: `http://${address}`,
        npm_config_cache: join(elsewhere, "cache"),
      });
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(stderr).toContain("npx canceled due to missing packages");
      expect(asked).toContain("/kms-guard");
      expect(asked.filter((url) => url.endsWith(".tgz"))).toEqual([]);
    } finally {
      registry.close();
      rmSync(elsewhere, { recursive: true });
    }
  });
});
