import { setTimeout as delay } from "node:timers/promises";
import type { Interruption, Io } from "./io.ts";

/** The real process. */
export function processIo(): Io {
  const { stdin, stdout, stderr, env } = process;
  return {
    stdin,
    stdout,
    stderr,
    env,
    isTTY: { stdin: stdin.isTTY === true, stdout: stdout.isTTY === true, stderr: stderr.isTTY === true },
    cwd: startFolder(env, process.cwd()),
    clock: { nowMs: () => Date.now(), sleepMs: (durationMs) => delay(durationMs) },
    interruption: processInterruption,
  };
}

/** `npm run kms-guard` changes to the package's folder first, but the user's paths start where npm was called. */
function startFolder(env: NodeJS.ProcessEnv, cwd: string): string {
  return env.npm_lifecycle_event === "kms-guard" && env.INIT_CWD ? env.INIT_CWD : cwd;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Handles the process's signals until `end`. */
function processInterruption(): Interruption {
  const controller = new AbortController();
  const end = () => {
    for (const name of SIGNALS) process.off(name, onSignal);
  };
  const onSignal = () => {
    end();
    controller.abort();
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  return { signal: controller.signal, end };
}
