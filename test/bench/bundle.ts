import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { toEnvironment } from "@kms-guard/adapters/deployment/environment.ts";
import {
  bundleFunction,
  type FunctionBundle,
  functionSource,
} from "@kms-guard/sandbox/render/bundle-functions.ts";
import { iamEvent } from "@kms-guard/testing/fakes/guarded-account.ts";
import { heading, line, ratio } from "./report.ts";

const run = promisify(execFile);
const ROUNDS = 21;

const ENVIRONMENT = toEnvironment(
  {
    mode: "enforce",
    containAt: "near-full",
    awsManaged: "alert",
    protectedPrincipals: [],
    maxAttachments: 10,
  },
  {
    stage: "bench",
    account: "111122223333",
    partition: "aws",
    region: "us-east-1",
    ownRoleArns: ["arn:aws:iam::111122223333:role/Guard"],
    tableName: "Findings",
    topicArn: "arn:aws:sns:us-east-1:111122223333:Alerts",
    eventBus: "default",
    historyLogGroup: "/kms-guard/bench/alerts",
  },
);

const NOT_OURS = iamEvent("CreateUser", { userName: "alice" });
const NEW_POLICY = iamEvent(
  "CreatePolicy",
  {
    policyName: "Tools",
    policyDocument:
      '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}',
  },
  { responseElements: { policy: { arn: "arn:aws:iam::111122223333:policy/Tools", defaultVersionId: "v1" } } },
);

/**
 * The guard's bundle against one that holds nothing but the same SDK clients: bytes, and milliseconds from the start
 * of the process, Node's own included. Both as they are deployed, split into chunks, and as one file each; of the
 * clients once the commands alone that the guard sends, and once the packages whole.
 */
export async function benchBundle(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "kms-guard-bench-"));
  try {
    const bundled = (source: string, name: string, splitting: boolean) =>
      bundleFunction(source, join(folder, name), { splitting });
    const guard = await bundled(functionSource("guard"), "guard", true);
    const guardFile = await bundled(functionSource("guard"), "guard-file", false);
    const floor = await bundled(here("sdk-floor.ts"), "floor", true);
    const floorFile = await bundled(here("sdk-floor.ts"), "floor-file", false);
    const whole = await bundled(here("sdk-whole.ts"), "whole", true);
    const loaded = await bundled(here("guard-loaded.ts"), "loaded", true);

    heading("bundle of the guard against its SDK clients alone");
    line("split, as it is deployed", sizes(guard, floor));
    line("as one file", sizes(guardFile, floorFile));
    line("split, against the clients' packages whole", sizes(guard, whole));
    const libraries = guard.bytes - guard.ownBytes - floor.bytes;
    line("beyond the clients, split", `${kib(guard.ownBytes)} of its own, ${kib(libraries)} of libraries`);

    const floorMs = timer(importing(floor));
    const floorFileMs = timer(importing(floorFile));
    const wholeMs = timer(importing(whole));
    const nodeMs = timer("");
    const others = {
      "guard imported": timer(importing(guard)),
      "guard imported, as one file": timer(importing(guardFile)),
      "guard imported, all of it loaded": timer(importing(loaded)),
      "an event that is not ours answered": timer(invoking(guard, NOT_OURS, "not-ours")),
      "a harmless new policy answered": timer(invoking(guard, NEW_POLICY, "clean")),
    };
    await takeTurns([nodeMs, floorMs, floorFileMs, wholeMs, ...Object.values(others)]);

    heading(
      `from the start of the process, median of ${ROUNDS}: against the clients split, as one file, and whole`,
    );
    line("Node alone", millis(nodeMs.median()));
    line("clients imported, split", millis(floorMs.median()));
    line("clients imported, as one file", millis(floorFileMs.median()));
    line("clients' packages imported whole", millis(wholeMs.median()));
    for (const [label, timed] of Object.entries(others)) {
      const ms = timed.median();
      const ratios = [floorMs, floorFileMs, wholeMs].map((floor) => ratio(ms, floor.median()));
      line(label, [millis(ms), ...ratios].join("  "));
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const kib = (bytes: number) => `${Math.round(bytes / 1024)} KiB`;
const millis = (durationMs: number) => `${durationMs.toFixed(0)} ms`.padStart(6);

function sizes(one: FunctionBundle, other: FunctionBundle): string {
  return `${kib(one.bytes)} to ${kib(other.bytes)}, ${ratio(one.bytes, other.bytes)}`;
}

function importing({ file }: FunctionBundle): string {
  return `await import(${JSON.stringify(file)});`;
}

function invoking({ file }: FunctionBundle, event: unknown, outcome: string): string {
  return `const { handler } = await import(${JSON.stringify(file)});
    const report = await handler(${JSON.stringify(event)});
    if (report.outcome !== ${JSON.stringify(outcome)}) throw new Error(report.reason);`;
}

/** Takes the milliseconds that a process of its own needs to run some code, from its start. */
function timer(code: string) {
  const timesMs: number[] = [];
  return {
    async measure(): Promise<void> {
      const { stderr } = await run(process.execPath, ["--input-type=module", "--eval", code + SAY_TIME], {
        env: { ...ENVIRONMENT, AWS_REGION: "us-east-1" },
      });
      timesMs.push(Number(stderr.trim().split("\n").at(-1)));
    },
    median: () => timesMs.toSorted((one, other) => one - other)[timesMs.length >> 1] ?? Number.NaN,
  };
}

const SAY_TIME = "process.stderr.write(`\\n${performance.now()}`);";

/** One after the other, so that a busy machine is so for all of them. */
async function takeTurns(timers: readonly { measure(): Promise<void> }[]): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) for (const { measure } of timers) await measure();
}
