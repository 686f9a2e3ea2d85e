import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { GUARDED_SERVICES, SERVICE_BY_PREFIX } from "./guarded-services.ts";

test.each(GUARDED_SERVICES)("$title is found by its prefix", (service) => {
  expect(SERVICE_BY_PREFIX.get(service.prefix)).toBe(service);
});

test("a service that is not guarded is not found", () => {
  expect(SERVICE_BY_PREFIX.get("s3")).toBeUndefined();
});

test("the core names a guarded service in the service's own data only", () => {
  const core = new URL("..", import.meta.url);
  const files = readdirSync(core, { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".ts") && !name.startsWith("services/") && !name.endsWith(".test.ts"),
  );
  expect(files).toContain("evaluate/evaluate.ts");
  const naming = files.filter((name) => {
    const code = readFileSync(new URL(name, core), "utf8").replace(/\/\*.*?\*\/|\/\/ .*$/gms, "");
    return /(?<!-)\bkms\b(?!-guard)/i.test(code);
  });
  expect(naming).toEqual([]);
});
