import { expect, test } from "vitest";
import { seconds } from "./finding-text.ts";

test("times without fractions", () => {
  expect(seconds("2026-03-02T09:00:10.123Z")).toBe("2026-03-02T09:00:10Z");
  expect(seconds("2026-03-02T09:00:10Z")).toBe("2026-03-02T09:00:10Z");
});
