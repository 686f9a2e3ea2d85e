import { describe, expect, test } from "vitest";
import { duplicateKeys } from "./parse-document.ts";

const paths = (text: string) =>
  duplicateKeys(text)
    .list()
    .map(({ path }) => path);

describe("duplicateKeys", () => {
  test.each([
    ["in the document", '{"Statement":[],"Statement":[]}', ["Statement"]],
    ["in a statement", '{"Statement":[{},{"Action":"a","Action":"b"}]}', ["Statement[1].Action"]],
    ["in a statement without brackets", '{"Statement":{"Sid":"","Sid":""}}', ["Statement.Sid"]],
    ["among operators", '{"Statement":{"Condition":{"Bool":{},"Bool":{}}}}', ["Statement.Condition.Bool"]],
    [
      "among condition keys",
      '{"Statement":{"Condition":{"Bool":{"a":"1","a":"2"}}}}',
      ["Statement.Condition.Bool.a"],
    ],
    ["in an element nobody knows", '{"Note":[[{"x":1,"x":2}]]}', ["Note[0][0].x"]],
    ["three times", '{"a":1,"a":2,"a":3}', ["a", "a"]],
    ["spelt with an escape", '{"Effect":1,"\\u0045ffect":2}', ["Effect"]],
    ["with a quote in it", '{"a\\"b":1,"a\\"b":2}', ['a"b']],
    ["with a backslash at its end", '{"a\\\\":1,"a\\\\":2}', ["a\\"]],
    ["with white space before the colon", '{"a" :1,"a"\t\r\n:2}', ["a"]],
    ["empty", '{"":1,"":2}', [""]],
    ["__proto__", '{"__proto__":1,"__proto__":2}', ["__proto__"]],
    ["in a value that is dropped", '{"a":{"b":1,"b":2},"a":3}', ["a.b", "a"]],
  ])("%s", (_, text, expected) => {
    expect(paths(text)).toEqual(expected);
  });

  test.each([
    ["in two statements", '{"Statement":[{"Action":"a"},{"Action":"b"}]}'],
    ["in an object and in the one around it", '{"a":{"a":{"a":1}}}'],
    ["in a list, where they are values", '{"a":["b","b"],"b":"a"}'],
    ["in text that looks like JSON", '{"a":"{\\"b\\":1,\\"b\\":2}","b":"a"}'],
    ["in another case", '{"Action":1,"action":2}'],
    ["alike but for a blank", '{"a":1,"a ":2}'],
  ])("not %s", (_, text) => {
    expect(paths(text)).toEqual([]);
  });

  test("says where, cutting what is long", () => {
    const [problem] = duplicateKeys(`{"a":[{"${"k".repeat(500)}":1,"${"k".repeat(500)}":1}]}`).list();
    expect(problem?.path).toBe(`a[0].${"k".repeat(195)}…`);
    expect(problem?.message).toBe(`the key \`${"k".repeat(60)}…\` is written twice in one object`);
  });

  test("a hundred thousand levels down, thousands of times, without writing out every path", () => {
    const depth = 100_000;
    const found = duplicateKeys(
      `${"[".repeat(depth)}{${'"a":1,'.repeat(50_000)}"b":1}${"]".repeat(depth)}`,
    ).list();
    expect(found).toHaveLength(101);
    expect(found[0]?.path).toBe("[0][0][0][0][0][0][0][0][0][0][0][0]….a");
    expect(found[100]).toEqual({ path: "", message: "and 49899 more problems" });
  });
});
