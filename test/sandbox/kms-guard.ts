import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The result of a run of the command. */
export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Any key that nobody made: in the sandbox it is the account's root user. */
export const ANYBODY: Credentials = { accessKeyId: "AKIAANYBODY", secretAccessKey: "invented" };

const MAIN = fileURLToPath(new URL("../../packages/cli/src/main.ts", import.meta.url));

/**
 * `kms-guard` as its user runs it: a process of its own, whose AWS is this endpoint.
 * @param interruptAt Interrupts it when it has said this.
 */
export function kmsGuard(
  endpoint: string,
  argv: readonly string[],
  {
    interruptAt,
    credentials = ANYBODY,
  }: { readonly interruptAt?: string; readonly credentials?: Credentials } = {},
): Promise<Ran> {
  const child = spawn(process.execPath, [MAIN, ...argv], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
  });
  let [out, err, isInterrupted] = ["", "", false];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
    if (isInterrupted || interruptAt === undefined || !err.includes(interruptAt)) return;
    isInterrupted = true;
    child.kill("SIGINT");
  });
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, out, err })));
}
