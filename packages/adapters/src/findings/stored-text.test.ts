import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { readText, storeText } from "./stored-text.ts";

const noPart = () => undefined;

describe("a text in a DynamoDB item", () => {
  test("is plain text where it is short", () => {
    expect(storeText('{"a":"é"}')).toEqual({ attribute: { S: '{"a":"é"}' }, parts: [] });
    expect(readText({ S: '{"a":"é"}' }, noPart)).toBe('{"a":"é"}');
  });

  test("is compressed where it is long: the 131,072 characters of an inline document fit", () => {
    const document = `{"Statement":[]${" ".repeat(131_056)}}`;
    const { attribute, parts } = storeText(document);
    expect(attribute.B?.length).toBeLessThan(10_000);
    expect(parts).toEqual([]);
    expect(readText(attribute, noPart)).toBe(document);
  });

  test("is in parts where it cannot be compressed enough, each under 400 KB, none lost", () => {
    const text = randomBytes(600_000).toString("hex");
    const { attribute, parts } = storeText(text);
    expect(parts.map(({ bytes }) => bytes.length <= 400_000)).toEqual([true, true]);
    const bySortKey = new Map(parts.map(({ sortKey, bytes }) => [sortKey, bytes]));
    expect(readText(attribute, (sortKey) => bySortKey.get(sortKey)) === text).toBe(true);
  });

  test("is refused where a part is missing", () => {
    const { attribute, parts } = storeText(randomBytes(600_000).toString("hex"));
    const onlyFirst = (sortKey: string) => (sortKey === parts[0]?.sortKey ? parts[0].bytes : undefined);
    expect(() => readText(attribute, onlyFirst)).toThrow("part 2 of 2 is missing");
  });

  test("is refused where the attribute is something else or not there", () => {
    expect(() => readText({ BOOL: true }, noPart)).toThrow("it holds no text");
    expect(() => readText(undefined, noPart)).toThrow("it holds no text");
  });
});
