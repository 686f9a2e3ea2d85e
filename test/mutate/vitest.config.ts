import { defineConfig } from "vitest/config";

const STARTERS = ["moto", "sandbox", "process"].map((kind) => `**/*.${kind}.test.ts`);

/** The tests of the core and the guard that start no other program. The first failure ends a run. */
export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    setupFiles: ["test/fuzz/setup.ts"],
    include: ["packages/{core,guard}/src/**/*.test.ts", "test/{system,properties}/*.test.ts"],
    exclude: STARTERS,
    isolate: false,
    bail: 1,
    testTimeout: 60_000,
    unstubEnvs: true,
    unstubGlobals: true,
    silent: true,
    reporters: [{}],
  },
});
