import { describe, expect, it } from "vitest";
import { gathered } from "../io/memory-io.fixture.ts";
import { type JsonText, jsonTexts } from "./json-texts.ts";

async function read(text: string, longest?: number): Promise<JsonText[]> {
  async function* given(): AsyncGenerator<string> {
    yield text;
  }
  return await gathered(jsonTexts(given(), longest));
}

describe("jsonTexts", () => {
  it.each([
    { given: "one line", text: '{"a":1}\n', value: { a: 1 } },
    { given: "one line among blank ones", text: '\n  \n{"a":1}\n\n', value: { a: 1 } },
    { given: "an object over lines", text: '{\n  "a": 1\n}\n', value: { a: 1 } },
    { given: "a list of objects, each on its line", text: '[\n{"a":1}\n]', value: [{ a: 1 }] },
    { given: "a scalar", text: "42", value: 42 },
  ])("reads $given as one text, without a line", async ({ text, value }) => {
    const texts = await read(text);
    expect(texts).toMatchObject([{ kind: "json", value }]);
    expect(texts[0]).not.toHaveProperty("line");
  });

  it("keeps the text of a whole file, where duplicate keys are still to be seen", async () => {
    expect(await read('{"a":1,\n"a":2}')).toMatchObject([{ text: '{"a":1,\n"a":2}', value: { a: 2 } }]);
  });

  it("reads JSON Lines with their numbers in the file, blank lines apart", async () => {
    expect(await read('\n{"a":1}\r\n\n{"b":2}\n[3]')).toEqual([
      { kind: "json", value: { a: 1 }, text: '{"a":1}', line: 2 },
      { kind: "json", value: { b: 2 }, text: '{"b":2}', line: 4 },
      { kind: "json", value: [3], text: "[3]", line: 5 },
    ]);
  });

  it.each([
    { where: "first", text: '{oops\n{"a":1}\n{"b":2}', line: 1 },
    { where: "second", text: '{"a":1}\n{oops\n{"b":2}', line: 2 },
    { where: "last, cut off", text: '{"a":1}\n{"b":2}\n{"c":', line: 3 },
  ])("goes on after a broken line: $where", async ({ text, line }) => {
    const texts = await read(text);
    expect(texts).toHaveLength(3);
    expect(texts.filter((one) => one.kind === "broken")).toMatchObject([{ line }]);
  });

  it("finds JSON Lines whose first two lines are both broken", async () => {
    const texts = await read('{oops\n{again\n{"a":1}');
    expect(texts.map((one) => [one.kind, one.line])).toEqual([
      ["broken", 1],
      ["broken", 2],
      ["json", 3],
    ]);
  });

  it("names the column in a broken line, and no line of its own", async () => {
    expect(await read('{"a":1}\n{"b" 2}')).toMatchObject([
      { kind: "json" },
      {
        kind: "broken",
        line: 2,
        problem: "is not JSON: Expected ':' after property name in JSON at column 6",
      },
    ]);
  });

  it.each([
    { given: "a stray word", text: '{\n  "a": 1,\n  oops\n}', line: 3 },
    { given: "an end too early", text: '{\n  "a": [\n\n', line: 2 },
  ])("reports the line where one broken text has $given", async ({ text, line }) => {
    expect(await read(text)).toMatchObject([{ kind: "broken", line }]);
  });

  it("takes prose for one broken text, not for many", async () => {
    expect(await read("# Title\n\nWords\nMore words\n")).toMatchObject([{ kind: "broken" }]);
  });

  it.each([{ text: "" }, { text: " \n\n" }])("yields nothing for $text", async ({ text }) => {
    expect(await read(text)).toEqual([]);
  });

  it("refuses a text over many lines that is too long in all", async () => {
    expect(await read("[\n1,\n2\n]", 12)).toHaveLength(1);
    await expect(read("[\n1,\n2,\n3\n]", 10)).rejects.toThrow("has more than 10 characters");
  });
});
