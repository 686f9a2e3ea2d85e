import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { TRIGGERS } from "./api-call-table.ts";
import { readTrigger } from "./read-api-call.ts";

const FIXTURES = new URL("../../../../test/fixtures/events/", import.meta.url);

test("no call is listed twice", () => {
  expect(new Set(TRIGGERS.map((row) => row.eventName)).size).toBe(TRIGGERS.length);
});

test("there is exactly one record in test/fixtures/events for each row", () => {
  expect(readdirSync(FIXTURES).toSorted()).toEqual(TRIGGERS.map((row) => `${row.eventName}.json`).toSorted());
});

describe.each(TRIGGERS)("$eventName", ({ eventName, effect, affected, document, why }) => {
  const reading = readTrigger(JSON.parse(readFileSync(new URL(`${eventName}.json`, FIXTURES), "utf8")));

  it("reads as a trigger of its row", () => {
    expect(reading).toMatchObject({
      kind: "trigger",
      trigger: { eventName, effect, affected: { kind: affected.kind }, account: "111122223333" },
    });
  });

  it("carries a document where the row says so", () => {
    expect("trigger" in reading && reading.trigger.document !== undefined).toBe(document !== undefined);
  });

  it("says why in half a sentence that fits a table", () => {
    expect(why).toMatch(/^[a-z][^|\n]{10,110}[^.\s]$/);
  });
});
