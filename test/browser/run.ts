import { existsSync } from "node:fs";
import { startVitest } from "vitest/node";
import { CHROMIUM } from "./chromium.ts";

/** Runs the tests that need a browser, which not every machine has. */
if (existsSync(CHROMIUM)) {
  const vitest = await startVitest("test", [], { config: "test/browser/vitest.config.ts", run: true });
  await vitest.close();
} else {
  process.stderr.write(
    `no browser at ${CHROMIUM}: apt-get update && apt-get install -y --no-install-recommends chromium\n`,
  );
  process.exitCode = 1;
}
