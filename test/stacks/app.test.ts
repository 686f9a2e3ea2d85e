import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT } from "@kms-guard/sandbox/render/platform.ts";
import { afterEach, expect, test, vi } from "vitest";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});

async function appOf(stage: string, region: string): Promise<unknown> {
  vi.stubGlobal("$config", (config: unknown) => config);
  vi.stubEnv("AWS_REGION", region);
  const { default: config } = await import(pathToFileURL(join(ROOT, "sst.config.ts")).href);
  return config.app({ stage });
}

test("production outlives its removal, and cannot be removed by accident", async () => {
  expect(await appOf("production", "")).toEqual({
    name: "kms-guard",
    home: "aws",
    removal: "retain",
    protect: true,
    providers: { aws: { region: "us-east-1" } },
  });
});

test("any other stage leaves nothing behind", async () => {
  expect(await appOf("alex", "")).toMatchObject({ removal: "remove", protect: false });
});

test("what is refused afterwards leaves nothing in the wrong region either", async () => {
  expect(await appOf("production", "eu-west-1")).toMatchObject({
    providers: { aws: { region: "us-east-1" } },
  });
  expect(await appOf("production", "cn-northwest-1")).toMatchObject({
    providers: { aws: { region: "cn-north-1" } },
  });
});
