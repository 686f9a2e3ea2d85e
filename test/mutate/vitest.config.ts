import { defineConfig } from "vitest/config";

/** They start other programs, or take minutes. */
const SLOW = ["moto", "sandbox", "process", "property"].map((kind) => `**/*.${kind}.test.ts`);

/** The tests of the core and the guard that take seconds. The first failure ends a run. */
export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    setupFiles: ["test/fuzz/setup.ts"],
    include: ["packages/{core,guard}/src/**/*.test.ts", "test/system/*.test.ts"],
    exclude: [...SLOW, "test/system/restore.test.ts"],
    // A module that was kept on disk would hide the next mutant.
    fsModuleCache: false,
    isolate: false,
    bail: 1,
    testTimeout: 60_000,
    unstubEnvs: true,
    unstubGlobals: true,
    silent: true,
    reporters: [{}],
  },
});
