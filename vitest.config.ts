import { defineConfig } from "vitest/config";

/** A test file says by its name which program it starts: `.moto`, `.sandbox`, or a `.process` of another kind. */
const STARTERS = ["moto", "sandbox", "process"];
const tests = (folder: string) => `${folder}/**/*.test.ts`;
const named = (kind: string) => `{packages/*/src,test}/**/*.${kind}.test.ts`;

const MINUTE_MS = 60_000;
/** No test waits for a time. What waits for another program gives up only where that hangs, on a busy machine too. */
const PATIENT = { testTimeout: 5 * MINUTE_MS, hookTimeout: 5 * MINUTE_MS };

export default defineConfig({
  test: {
    setupFiles: ["test/fuzz/setup.ts"],
    expect: { poll: { timeout: 4 * MINUTE_MS } },
    unstubEnvs: true,
    unstubGlobals: true,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: [tests("packages/*/src"), "test/*.test.ts"],
          exclude: [...STARTERS, "property"].map(named),
          isolate: false,
          // Each takes milliseconds; a machine may be busy with something else.
          testTimeout: 20_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: "system",
          include: [tests("test/*"), named("process"), named("property")],
          exclude: [named("moto"), named("sandbox")],
          ...PATIENT,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: { name: "moto", include: [named("moto")], ...PATIENT, sequence: { groupOrder: 3 } },
      },
      {
        extends: true,
        test: { name: "sandbox", include: [named("sandbox")], ...PATIENT, sequence: { groupOrder: 4 } },
      },
    ],
  },
});
