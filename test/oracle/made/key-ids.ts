import fc from "fast-check";
import { mix, some } from "./arbitraries.ts";

/** Few, so that the oracle has seen most of what the next document asks. */
const hex = fc.constantFrom(..."03af");
const digits = (least: number, most: number) =>
  fc.array(hex, { minLength: least, maxLength: most }).map((list) => list.join(""));
const NAMED = [
  "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
  "00000000-1111-2222-3333-444444444444",
  "mrk-0f1e2d3c4b5a69788796a5b4c3d2e1f0",
  "payroll",
];
const DIGITS = [..."0123456789abcdef"];
/** Some of the digits, one after the other. */
const firsts = (least: number, most: number) =>
  fc.tuple(fc.nat(15), fc.integer({ min: least, max: most })).map(([start, length]) => {
    return [...DIGITS, ...DIGITS].slice(start, start + length);
  });
/** One glob, or several that together take part of the ids. */
const partOfIds = mix<readonly string[]>(
  [2, digits(1, 5).map((part) => [`${part}*`])],
  [2, digits(1, 4).map((part) => [`*${part}`])],
  [1, digits(1, 5).map((part) => [`*${part}*`])],
  [1, fc.tuple(digits(1, 2), digits(1, 2)).map(([first, last]) => [`${first}*${last}`])],
  [1, fc.constantFrom(["????????-*"], ["*-*"], ["*-*-4*-*"], ["??*"], ["*????????"], ["?????????*"])],
  [2, fc.constantFrom(["mrk-*"], ["m*"], ["mrk-0*"], ["mrk-*f"])],
  [2, firsts(8, 8).map((list) => list.map((digit) => `${digit}*`))],
  [2, firsts(7, 10).map((list) => list.map((digit) => `${digit}*`))],
  [1, firsts(15, 16).map((list) => list.map((digit) => `${digit}*`))],
  [1, firsts(8, 9).map((list) => list.map((digit) => `*${digit}`))],
  [2, some(NAMED, 1, 2)],
);
/** The globs of one pattern's key ids, most often `*`. */
export const idGlobs = mix<readonly string[]>([7, fc.constant(["*"])], [6, partOfIds]);
