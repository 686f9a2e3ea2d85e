import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["packages/*/src/**/*.test.ts", "test/**/*.test.ts"],
    // Files share nothing, and the slowest ones wait for other programs.
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
});
