import { execFile } from "node:child_process";
import { access, constants, mkdir, rename, rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The version that the tests were last seen to pass with. */
const MOTO_VERSION = "5.2.1";
const CACHE = fileURLToPath(new URL("../../../../node_modules/.cache/kms-guard/moto", import.meta.url));

/**
 * The command that is a moto server: `moto_server` of the PATH, else one in a virtual environment that is made on
 * first use.
 * @throws Error that says in one line what to install.
 */
export async function findMotoServer(): Promise<readonly string[]> {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const candidate = join(folder, "moto_server");
    if (folder !== "" && (await isExecutable(candidate))) return [candidate];
  }
  const environment = join(CACHE, `moto-${MOTO_VERSION}`);
  const python = join(environment, "bin", "python");
  if (!(await isExecutable(python))) await installMoto(environment);
  return [python, "-m", "moto.server"];
}

/** Made under another name and moved when whole: test files run side by side and may be stopped at any time. */
async function installMoto(environment: string): Promise<void> {
  const unfinished = `${environment}.${process.pid}`;
  process.stderr.write(`moto: installing ${MOTO_VERSION} into ${environment} (once, about a minute)\n`);
  try {
    await mkdir(CACHE, { recursive: true });
    await run("python3", ["-m", "venv", unfinished]);
    const python = join(unfinished, "bin", "python");
    await run(python, ["-m", "pip", "install", "--quiet", `moto[server]==${MOTO_VERSION}`]);
    await rename(unfinished, environment);
  } catch (cause) {
    await rm(unfinished, { recursive: true, force: true });
    if (await isExecutable(join(environment, "bin", "python"))) return;
    throw new Error(
      `moto_server is not on the PATH and could not be installed: run \`pip install 'moto[server]==${MOTO_VERSION}'\` (Python 3.9 or newer)`,
      { cause },
    );
  }
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
