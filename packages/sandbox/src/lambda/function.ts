import { setTimeout as delay } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import type { EnvironmentStart, Outcome } from "./environment.ts";

/** A function as the stacks deploy it. */
export interface FunctionSettings extends EnvironmentStart {
  /** The whole environment of its code. */
  readonly environment: Readonly<Record<string, string>>;
  /** How often Lambda runs an event again that came without a caller who waits: 0 to 2. */
  readonly maximumRetries: number;
  /** Takes the events that failed to the last. */
  readonly onFailure: (event: unknown, failure: Failure) => Promise<void>;
  /** Called after each attempt that failed. */
  readonly onFailedAttempt: (failure: Failure) => void;
  /** Called after each attempt, as Lambda counts them. */
  readonly onAttempt: (attempt: { readonly failed: boolean }) => void;
  /** What the code logs, as it comes. */
  readonly onLog: (text: string) => void;
}

type Failure = Extract<Outcome, { kind: "failed" }>;

/** Lambda on this machine. */
export interface LambdaFunction {
  readonly name: string;
  /** Runs it once, and says what came of it. */
  invoke(event: unknown): Promise<Exclude<Outcome, { kind: "ready" }>>;
  /** Runs it as EventBridge and SNS have it run: again after a failure, and what fails to the last is a dead letter. */
  deliver(event: unknown): Promise<void>;
  /** Makes an environment ready before the first event comes. */
  warm(): Promise<void>;
  stop(): Promise<void>;
}

/** Lambda waits a minute and then two: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const RETRY_WAITS_MS = [1_000, 2_000];

/** As many environments as are busy at once: Lambda would take more. */
const MOST_ENVIRONMENTS = 20;

/**
 * Runs a bundle the way Lambda does: environments that load it once and take one event at a time, another one when all
 * are busy, and a fresh one after one that crashed or took too long.
 */
export function lambdaFunction(settings: FunctionSettings): LambdaFunction {
  const all = new Set<Worker>();
  const idle: Worker[] = [];
  const waiting: ((environment: Worker) => void)[] = [];
  let stopped = false;

  async function start(): Promise<Worker> {
    const { functionName, file, handler, timeoutMs } = settings;
    const environment = new Worker(new URL("./environment.ts", import.meta.url), {
      workerData: { functionName, file, handler, timeoutMs } satisfies EnvironmentStart,
      env: { ...settings.environment },
      stdout: true,
      stderr: true,
    });
    all.add(environment);
    for (const output of [environment.stdout, environment.stderr]) {
      output.setEncoding("utf8").on("data", settings.onLog);
    }
    const outcome = await outcomeOf(environment);
    if (outcome.kind === "ready") return environment;
    all.delete(environment);
    throw new Error(
      `${functionName} could not be loaded: ${"errorMessage" in outcome ? outcome.errorMessage : ""}`,
    );
  }

  async function take(): Promise<Worker> {
    const free = idle.pop();
    if (free !== undefined) return free;
    if (all.size < MOST_ENVIRONMENTS) return start();
    return new Promise((resolve) => waiting.push(resolve));
  }

  function giveBack(environment: Worker): void {
    const next = waiting.shift();
    if (next === undefined) idle.push(environment);
    else next(environment);
  }

  async function discard(environment: Worker): Promise<void> {
    all.delete(environment);
    await environment.terminate();
    if (waiting.length > 0 && !stopped) giveBack(await start());
  }

  async function invoke(event: unknown) {
    const outcome = await run(event);
    settings.onAttempt({ failed: outcome.kind === "failed" });
    return outcome;
  }

  async function run(event: unknown) {
    let environment: Worker;
    try {
      environment = await take();
    } catch (error) {
      return failed("Runtime.ImportModuleError", error instanceof Error ? error.message : String(error));
    }
    const running = outcomeOf(environment);
    const timeout = new AbortController();
    environment.postMessage(event);
    const outcome = await Promise.race([running, tooLong(settings.timeoutMs, timeout.signal)]);
    timeout.abort();
    if (outcome.kind === "ready" || "crashed" in outcome) {
      await discard(environment);
      return failed(
        "Runtime.ExitError",
        "crashed" in outcome ? outcome.errorMessage : "the code started again",
      );
    }
    giveBack(environment);
    return outcome;
  }

  return {
    name: settings.functionName,
    invoke,
    async deliver(event) {
      for (let attempt = 0; ; attempt += 1) {
        const outcome = await invoke(event);
        if (outcome.kind === "returned" || stopped) return;
        settings.onFailedAttempt(outcome);
        if (attempt >= settings.maximumRetries) return settings.onFailure(event, outcome);
        await delay(RETRY_WAITS_MS[attempt] ?? 0, undefined, { ref: false });
      }
    },
    async warm() {
      giveBack(await take());
    },
    async stop() {
      stopped = true;
      await Promise.all([...all].map((environment) => environment.terminate()));
    },
  };
}

interface Crash extends Failure {
  readonly crashed: true;
}

function outcomeOf(environment: Worker): Promise<Outcome | Crash> {
  return new Promise((resolve) => {
    const end = (outcome: Outcome | Crash) => {
      environment.off("message", end).off("error", onError).off("exit", onExit);
      resolve(outcome);
    };
    const crash = (message: string) => end({ ...failed("Runtime.ExitError", message), crashed: true });
    const onError = (error: unknown) => crash(error instanceof Error ? error.message : String(error));
    const onExit = (code: number) => crash(`exit status ${code}`);
    environment.on("message", end).on("error", onError).on("exit", onExit);
  });
}

async function tooLong(timeoutMs: number, signal: AbortSignal): Promise<Crash> {
  await delay(timeoutMs, undefined, { signal, ref: false }).catch(() => new Promise<never>(() => {}));
  return { ...failed("Sandbox.Timedout", `Task timed out after ${timeoutMs / 1000} seconds`), crashed: true };
}

function failed(errorType: string, errorMessage: string): Failure {
  return { kind: "failed", errorType, errorMessage };
}
