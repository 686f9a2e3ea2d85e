// The program that SST would run, under Pulumi's mocks: bundled by render.ts and run in a process of its own, since
// Pulumi keeps what it knows in globals. Writes what was registered into the file that KMS_GUARD_RENDER_OUT names.
import crypto from "node:crypto";
import { writeFileSync } from "node:fs";
import { output, runtime } from "@pulumi/pulumi";
import { run } from "../../../../.sst/platform/src/auto/run.ts";
import config from "../../../../sst.config.ts";
import { answerCall, type Region, stateOf } from "./aws-mocks.ts";

const { KMS_GUARD_RENDER_OUT: out = "", KMS_GUARD_RENDER_REGION: region = "" } = process.env;
const context: Region = JSON.parse(region);

// SST ends physical names with random letters: the same ones every time make two renderings alike.
crypto.randomBytes = ((size: number) => Buffer.alloc(size)) as typeof crypto.randomBytes;

/** Pulumi marks a value that came from a secret; https://www.pulumi.com/docs/iac/concepts/secrets */
function withoutMarks(_key: string, value: unknown): unknown {
  const marked = typeof value === "object" && value !== null && "4dabf18193072939515e22adb298388d" in value;
  return marked && "value" in value ? value.value : value;
}

const resources: { type: string; name: string; inputs: unknown }[] = [];
await runtime.setMocks(
  {
    newResource({ type, name, inputs, id }) {
      // With an id it is one that is looked up, not made.
      if (!type.startsWith("sst:") && !id) resources.push({ type, name, inputs });
      return stateOf(context, type, name, inputs);
    },
    call: ({ token, inputs }) => answerCall(context, token, inputs),
  },
  $app.name,
  $app.stage,
  false,
);
let outputs: unknown;
await runtime.runInPulumiStack(async () => {
  const returned = await run(config.run);
  output(returned).apply((resolved) => {
    outputs = resolved;
  });
  return returned;
});

// Resources are still being registered when the program has returned; nothing is left to do when they all are.
process.on("beforeExit", () => {
  writeFileSync(out, JSON.stringify({ resources, outputs }, withoutMarks));
});
