import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

/** What an invocation came to: the handler's answer after its way through JSON, or what it threw. */
type Invocation =
  | { readonly kind: "answered"; readonly answer: unknown }
  | { readonly kind: "threw"; readonly error: string };

/** A function in a process of its own, with nothing of this one's environment. */
export interface Lambda {
  invoke(event: unknown): Promise<Invocation>;
  /** What it has written to its log. */
  log(): string;
  stop(): Promise<void>;
}

const BOOTSTRAP = fileURLToPath(new URL("bootstrap.ts", import.meta.url));

/** Starts a function's bundle with the environment variables that it is deployed with. */
export async function startLambda(
  bundle: string,
  environment: Readonly<Record<string, string>>,
): Promise<Lambda> {
  const child = fork(BOOTSTRAP, [bundle], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const written: string[] = [];
  child.stdout?.on("data", (data) => written.push(String(data)));
  child.stderr?.on("data", (data) => written.push(String(data)));
  const log = () => written.join("");

  const waiting = new Map<number, (invocation: Invocation) => void>();
  const ready = new Promise<void>((resolve, reject) => {
    child.on("message", (message: "ready" | { id: number; answer?: unknown; error?: string }) => {
      if (message === "ready") return resolve();
      const { id, answer, error } = message;
      waiting.get(id)?.(error === undefined ? { kind: "answered", answer } : { kind: "threw", error });
      waiting.delete(id);
    });
    child.once("exit", (code) => {
      const error = `the function's process ended (${code}):\n${log()}`;
      reject(new Error(error));
      for (const answer of waiting.values()) answer({ kind: "threw", error });
    });
  });
  await ready;

  let invocations = 0;
  return {
    invoke: (event) =>
      new Promise((resolve) => {
        invocations += 1;
        waiting.set(invocations, resolve);
        child.send({ id: invocations, event });
      }),
    log,
    stop: () =>
      new Promise((resolve) => {
        child.once("close", () => resolve());
        child.kill();
      }),
  };
}
