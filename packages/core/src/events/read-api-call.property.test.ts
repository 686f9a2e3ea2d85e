import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readApiCall } from "./read-api-call.ts";

const FIXTURES = new URL("../../../../test/fixtures/events/", import.meta.url);
const EVENTS = readdirSync(FIXTURES).map((file) => readFileSync(new URL(file, FIXTURES), "utf8"));

const KINDS = ["api-call", "not-ours", "malformed"];

/** Every place in a JSON value that can be replaced, as a list of keys. */
function places(value: unknown, at: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([key, member]) => places(member, [...at, key]))];
}

/** A copy with another value, or none, at one place. */
function changed(value: unknown, [key, ...rest]: readonly string[], other: unknown): unknown {
  if (key === undefined) return other;
  const members = Object.entries(value ?? {});
  const kept = members.flatMap(([name, member]): [string, unknown][] => {
    if (name !== key) return [[name, member]];
    const replaced = changed(member, rest, other);
    return replaced === undefined ? [] : [[name, replaced]];
  });
  return Object.fromEntries(kept);
}

test("any JSON at all gives a reading", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (event) => {
      expect(KINDS).toContain(readApiCall(event).kind);
    }),
  );
});

test("any JSON as the parts of an IAM record gives a reading", () => {
  const record = fc.record({
    eventSource: fc.constant("iam.amazonaws.com"),
    eventName: fc.constantFrom("CreatePolicy", "AttachUserPolicy", "PutRolePolicy", "UpdateGroup"),
    userIdentity: fc.jsonValue(),
    requestParameters: fc.jsonValue(),
    responseElements: fc.jsonValue(),
  });
  fc.assert(
    fc.property(record, (event) => {
      expect(readApiCall(event)).toMatchObject({ kind: "malformed" });
    }),
  );
});

test("a good event with any one place changed or gone gives a reading, and it is not empty-handed", () => {
  const mutation = fc
    .constantFrom(...EVENTS)
    .map((text): unknown => JSON.parse(text))
    .chain((event) =>
      fc.tuple(
        fc.constant(event),
        fc.constantFrom(...places(event)),
        fc.option(fc.jsonValue(), { nil: undefined }),
      ),
    );
  fc.assert(
    fc.property(mutation, ([event, place, other]) => {
      const reading = readApiCall(changed(event, place, other));
      if (reading.kind === "api-call") expect(reading.call.eventId).not.toBe("");
      else if (reading.kind === "malformed") expect(reading.problems).not.toEqual([]);
      else expect(reading.reason).not.toBe("");
    }),
    { numRuns: fc.readConfigureGlobal().numRuns ?? 3_000 },
  );
});

test("an event nested a thousand times deep gives a reading", () => {
  const deep: unknown = JSON.parse(`${'{"detail":'.repeat(1_000)}null${"}".repeat(1_000)}`);
  expect(readApiCall(deep)).toMatchObject({ kind: "not-ours" });
});

test("members named after those of every object are only members", () => {
  const event: unknown = JSON.parse(
    '{"__proto__":{"eventName":"DeletePolicy"},"constructor":1,"eventSource":"iam.amazonaws.com","eventName":"__proto__"}',
  );
  expect(readApiCall(event)).toMatchObject({ kind: "not-ours", eventName: "__proto__" });
});
