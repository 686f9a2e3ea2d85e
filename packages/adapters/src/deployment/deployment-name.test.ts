import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { deploymentParameterName, stageOfParameter } from "./deployment-name.ts";

test("a stage's parameter, and the stage of a parameter", () => {
  expect(deploymentParameterName("prod")).toBe("/kms-guard/prod/deployment");
  expect(stageOfParameter("/kms-guard/prod/deployment")).toBe("prod");
});

test.each([
  ["/kms-guard/prod/webhook"],
  ["/kms-guard/deployment"],
  ["/kms-guard//deployment"],
  ["/kms-guard/a/b/deployment"],
  ["/other/prod/deployment"],
])("%s is no deployment", (name) => {
  expect(stageOfParameter(name)).toBeUndefined();
});

test("the module imports nothing, so that a deployment loads no SDK", () => {
  expect(readFileSync(new URL("./deployment-name.ts", import.meta.url), "utf8")).not.toMatch(/^import/m);
});
