#!/usr/bin/env node
import { EXIT } from "./io/errors.ts";
import { processIo } from "./io/process-io.ts";
import { run } from "./program.ts";

// `kms-guard … | head` closes the pipe early: the output was not delivered, so this is no success.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") process.stderr.write(`error: stdout cannot be written: ${error.message}\n`);
  process.exit(EXIT.broke);
});

process.exitCode = await run(process.argv.slice(2), processIo());
