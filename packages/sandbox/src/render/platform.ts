import { execFile } from "node:child_process";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The repository's root folder. */
export const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));

/** SST's components, the AWS provider and their types, where `sst` itself keeps them. */
export const PLATFORM = join(ROOT, ".sst", "platform");

const LOCK = join(ROOT, ".sst", "installing");

/** Enough for SST to install what sst.config.ts needs, and nothing that asks where it will be deployed. */
const CONFIG = `export default $config({ app: () => ({ name: "kms-guard", home: "aws" }), async run() {} });\n`;

/** SST's own flags: take Pulumi's packages from npm, and leave the programs that only a deployment needs. */
const FLAGS = { SST_SKIP_DEPENDENCY_CHECK: "1", NO_BUN: "1", SST_TELEMETRY_DISABLED: "1" };

/**
 * Installs SST's platform into `.sst/platform` unless it is there, with nothing but npm: once, half a minute, 320 MB.
 * A process that comes while another one installs it waits for that one.
 * @throws Error that says what to run instead.
 */
export async function installPlatform(): Promise<void> {
  const version = await sstVersion();
  await mkdir(dirname(LOCK), { recursive: true });
  while (!(await isInstalled(version))) {
    if (!(await lock())) {
      await setTimeout(500);
      continue;
    }
    try {
      if (!(await isInstalled(version))) await install(version);
    } finally {
      await rm(LOCK, { force: true });
    }
  }
}

/** Made under another name and moved when whole, because it may be stopped at any time. */
async function install(version: string): Promise<void> {
  const unfinished = join(ROOT, ".sst", "unfinished");
  process.stderr.write(`sst: installing its platform ${version} into .sst/platform (once, about a minute)\n`);
  try {
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished);
    await writeFile(join(unfinished, "sst.config.ts"), CONFIG);
    await run(process.execPath, [join(ROOT, "node_modules", "sst", "bin", "sst.mjs"), "install"], {
      cwd: unfinished,
      env: { ...process.env, ...FLAGS, SST_STAGE: "install" },
      maxBuffer: 64 * 1024 * 1024,
    });
    await rm(PLATFORM, { recursive: true, force: true });
    await rename(join(unfinished, ".sst", "platform"), PLATFORM);
  } catch (cause) {
    const fix = "run `npx sst install`, which needs npm's registry, and try again";
    throw new Error(`SST ${version}'s platform could not be installed into .sst/platform: ${fix}`, {
      cause,
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

/** Whether this process is the one that installs; the lock of a process that is gone is broken. */
async function lock(): Promise<boolean> {
  try {
    await writeFile(LOCK, String(process.pid), { flag: "wx" });
    return true;
  } catch {
    const owner = Number(await readFile(LOCK, "utf8").catch(() => ""));
    if (owner > 0 && !isRunning(owner)) await rm(LOCK, { force: true });
    return false;
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function sstVersion(): Promise<string> {
  const text = await readFile(join(ROOT, "node_modules", "sst", "package.json"), "utf8");
  return String(JSON.parse(text).version);
}

async function isInstalled(version: string): Promise<boolean> {
  try {
    await stat(join(PLATFORM, "node_modules", "@pulumi", "aws", "package.json"));
    return (await readFile(join(PLATFORM, "version"), "utf8")).trim() === version;
  } catch {
    return false;
  }
}

if (import.meta.main) await installPlatform();
