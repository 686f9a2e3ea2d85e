import { expect, test } from "vitest";
import { iamConnection } from "./connection.ts";

test("a reader and a writer of one connection share one client", async () => {
  const connection = iamConnection({ region: "us-east-1" });
  expect(await connection()).toBe(await connection());
  expect(await iamConnection({ region: "us-east-1" })()).not.toBe(await connection());
});

test("a call is tried six times, unless told otherwise", async () => {
  const { client } = await iamConnection({ region: "cn-north-1" })();
  expect(await client.config.maxAttempts()).toBe(6);
  expect(await client.config.region()).toBe("cn-north-1");
  const few = await iamConnection({ region: "us-east-1", maxAttempts: 2 })();
  expect(await few.client.config.maxAttempts()).toBe(2);
});
