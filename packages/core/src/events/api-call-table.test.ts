import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { API_CALLS } from "./api-call-table.ts";
import { readApiCall } from "./read-api-call.ts";

const FIXTURES = new URL("../../../../test/fixtures/events/", import.meta.url);

test("no call is listed twice", () => {
  expect(new Set(API_CALLS.map((row) => row.eventName)).size).toBe(API_CALLS.length);
});

test("there is exactly one record in test/fixtures/events for each row", () => {
  expect(readdirSync(FIXTURES).toSorted()).toEqual(
    API_CALLS.map((row) => `${row.eventName}.json`).toSorted(),
  );
});

describe.each(API_CALLS)("$eventName", ({ eventName, effect, scope, document, why }) => {
  const reading = readApiCall(JSON.parse(readFileSync(new URL(`${eventName}.json`, FIXTURES), "utf8")));

  it("reads as an API call of its row", () => {
    expect(reading).toMatchObject({
      kind: "api-call",
      call: { eventName, effect, scope: { kind: scope.kind }, account: "111122223333" },
    });
  });

  it("carries a document where the row says so", () => {
    expect("call" in reading && reading.call.document !== undefined).toBe(document !== undefined);
  });

  it("says why in half a sentence that fits a table", () => {
    expect(why).toMatch(/^[a-z][^|\n]{10,110}[^.\s]$/);
  });
});
