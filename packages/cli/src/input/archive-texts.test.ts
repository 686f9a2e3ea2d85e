import { describe, expect, it } from "vitest";
import { gathered } from "../io/memory-io.fixture.ts";
import { archiveTexts } from "./archive-texts.ts";

/** In short: `0 {…}` for a record of a log file's list, the text itself for any other, the problem of a broken one. */
async function read(text: string, pieceLength: number): Promise<string[]> {
  async function* pieces(): AsyncGenerator<string> {
    for (let at = 0; at < text.length; at += pieceLength) yield text.slice(at, at + pieceLength);
  }
  const texts = await gathered(archiveTexts(pieces()));
  return texts.map((one) => {
    if (one.kind === "listed") return `${one.index} ${one.text}`;
    return one.kind === "broken" ? one.problem : one.text;
  });
}

describe.each([1, 7, 1_000_000])("a log file in pieces of %i", (pieceLength) => {
  it.each([
    { given: "one record", text: '{"Records":[{"a":1}]}', texts: ['0 {"a":1}', '{"Records":[]}'] },
    {
      given: "several, laid out over lines",
      text: '{\n "Records": [\n  {"a":[1,2]},\n  {"b":{"c":{}}}\n ]\n}\n',
      texts: ['0 \n  {"a":[1,2]}', '1 \n  {"b":{"c":{}}}\n ', '{"Records":[]\n}'],
    },
    { given: "no record", text: '{"Records":[ ]}', texts: ['{"Records":[]}'] },
    {
      given: "brackets, commas and quotes within text",
      text: '{"Records":[{"a":"]},{\\"[\\\\"},{"b":"\\\\\\""}]}',
      texts: ['0 {"a":"]},{\\"[\\\\"}', '1 {"b":"\\\\\\""}', '{"Records":[]}'],
    },
    {
      given: "what is no record among them",
      text: '{"Records":[1,"a,b",null,[2,3]]}',
      texts: ["0 1", '1 "a,b"', "2 null", "3 [2,3]", '{"Records":[]}'],
    },
    {
      given: "more members after the list",
      text: '{"Records":[{"a":1}],"more":[1]}',
      texts: ['0 {"a":1}', '{"Records":[],"more":[1]}'],
    },
    {
      given: "another log file on the next line",
      text: '{"Records":[{"a":1}]}\n{"Records":[{"b":1}]}\n',
      texts: ['0 {"a":1}', '{"Records":[]}', '{"Records":[{"b":1}]}'],
    },
    {
      given: "a comma too many",
      text: '{"Records":[{"a":1},]}',
      texts: ['0 {"a":1}', "1 ", '{"Records":[]}'],
    },
    {
      given: "an end within a record",
      text: '{"Records":[{"a":1},{"b":',
      texts: ['0 {"a":1}', "is not JSON: it ends within Records[1]"],
    },
  ])("that has $given", async ({ text, texts }) => {
    expect(await read(text, pieceLength)).toEqual(texts);
  });

  it.each([
    { given: "a record", text: '{"eventID":"a"}' },
    { given: "a list", text: '[{"eventID":"a"}]' },
    { given: "the output of lookup-events", text: '{"Events":[{"EventId":"a"}]}' },
    { given: "an object whose Records are no list", text: '{"Records":{"a":1}}' },
    { given: "a record that quotes a log file", text: '{"a":"{\\"Records\\":[1,2]}"}' },
  ])("reads $given as one text", async ({ text }) => {
    expect(await read(text, pieceLength)).toEqual([text]);
  });

  it("reads JSON Lines line by line", async () => {
    expect(await read('{"a":1}\n{"b":2}\n', pieceLength)).toEqual(['{"a":1}', '{"b":2}']);
  });
});
