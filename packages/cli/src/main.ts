#!/usr/bin/env node
import { setFlagsFromString } from "node:v8";
import { EXIT } from "./exit-codes.ts";
import { processIo } from "./process-io.ts";
import { run } from "./program.ts";

// `kms-guard … | head` closes the pipe early: nobody is left to tell, and the answer was not delivered.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") process.stderr.write(`error: stdout cannot be written: ${error.message}\n`);
  process.exit(EXIT.broke);
});

// An archive of any size flows by in little memory; V8 would rather let 200 MB of garbage gather than look for it,
// young garbage first, and then old garbage of three times what is in use.
setFlagsFromString("--semi-space-growth-factor=1");
setFlagsFromString("--heap-growing-percent=20");

process.exitCode = await run(process.argv.slice(2), processIo());
