import { expect, test } from "vitest";
import { decodePolicyText } from "./decode-text.ts";

test.each([
  ["plain text stays", '{"a":"b"}', '{"a":"b"}'],
  ["blanks and a byte order mark go", '\uFEFF\r\n {"a":1}\n', '{"a":1}'],
  ["what is encoded is decoded", "%7B%22a%22%3A%22b%20c%22%7D", '{"a":"b c"}'],
  ["in small letters too", "%7b%22a%22%3a1%7d", '{"a":1}'],
  ["blanks and a mark inside the encoding go", "%EF%BB%BF%0A%7B%7D%20", "{}"],
  ["blanks around it too", " %7B%7D\n", "{}"],
  ["once: a %2A in it stays", "%7B%22a%22%3A%22%252A%22%7D", '{"a":"%2A"}'],
  ["a text that begins as an object is not encoded", '{"a":"kms:%2A"}', '{"a":"kms:%2A"}'],
  ["broken escapes do not matter in such a text", '{"a":"100%"}', '{"a":"100%"}'],
  ["a plus is a plus", "%7B%22a%22:%22b+c%22%7D", '{"a":"b+c"}'],
  ["letters beyond ASCII", "%7B%22a%22%3A%22%C3%A9%22%7D", '{"a":"é"}'],
  ["nothing", "", ""],
  ["blanks", " \n", ""],
  ["an escape cut off", "%7B%2", undefined],
  ["an escape that is none", "%7B%zz%7D", undefined],
  ["bytes that are no UTF-8", "%7B%C3%7D", undefined],
])("%s", (_, text, expected) => {
  expect(decodePolicyText(text)).toBe(expected);
});
