import { describe, expect, test } from "vitest";
import { KMS } from "../services/kms.ts";
import { Steps, stringsOf } from "./glob-automaton.ts";
import { ACCOUNTS } from "./places.ts";
import { type ResourceCell, type ResourceSpace, resourceSpace } from "./resource-space.ts";

const OWN = { id: "111122223333", partition: "aws" };
const CHINA = { id: "111122223333", partition: "aws-cn" };

function division(globs: readonly string[], account = OWN, mostSteps = 40_000): ResourceSpace {
  const space = divided(globs, account, mostSteps);
  if (space === undefined) throw new Error("too complex to divide");
  return space;
}

function divided(
  globs: readonly string[],
  account = OWN,
  mostSteps = 40_000,
  useOf = (glob: string) => glob,
): ResourceSpace | undefined {
  const dividers = {
    globs: new Set(globs),
    negligible: new Set<string>(),
    useOf,
    onRegion: new Map(),
    onAccount: new Map(),
  };
  return resourceSpace(dividers, account, [], KMS, new Steps(mostSteps));
}

/** The part of all keys that each set of globs matches, and no others, as `glob & glob`. */
function shares(globs: readonly string[], own: boolean, account = OWN): Record<string, number> {
  const space = division(globs, account);
  const found: Record<string, number> = {};
  for (const cell of space.cells.filter((cell) => cell.own === own)) {
    const name = globs.filter((glob) => cell.matched.has(glob)).join(" & ") || "none";
    found[name] = (found[name] ?? 0) + shareOf(cell, space);
  }
  return found;
}

/** Each shape of key ids taken as half of all keys, and the known Regions as equal. */
function shareOf({ own, shape, names, regions, accounts }: ResourceCell, { known }: ResourceSpace): number {
  if (shape === undefined) return 0;
  const ofShape =
    Number(names) / Number(stringsOf(KMS.resource.shapes[shape] ?? [])) / KMS.resource.shapes.length;
  const ofRegions = regions.filter((region) => known.has(region)).length / known.size;
  return ofShape * ofRegions * (own ? 1 : Number(accounts) / Number(ACCOUNTS));
}

describe("the part of all own keys that one glob matches", () => {
  test.each([
    ["arn:aws:kms:*:*:key/*", 1],
    ["arn:aws:kms:*:111122223333:key/*", 1],
    ["arn:aws:kms:*:*:*", 1],
    ["arn:*", 1],
    ["*", 1],
    ["arn:aws:kms:*:999900001111:key/*", 0],
    ["arn:aws:kms:*:1111????3333:key/*", 1],
    ["arn:aws:kms:*:*:alias/*", 0],
    ["arn:aws:kms:*:*:k?y/*", 1],
    ["arn:aws-cn:kms:*:*:key/*", 0],
    // Half of all keys are taken to have the form of a multi-Region key.
    ["arn:aws:kms:*:*:key/mrk-*", 1 / 2],
    ["arn:aws:kms:*:*:key/????????-*", 1 / 2],
    ["arn:aws:kms:*:*:key/*-*-*", 1 / 2],
    ["arn:aws:kms:*:*:key/m*", 1 / 2],
    ["arn:aws:kms:*:*:key/0*", 1 / 2 / 16],
    ["arn:aws:kms:*:*:key/?0*", 1 / 2 / 16],
    ["arn:aws:kms:*:*:key/mrk-0*", 1 / 2 / 16],
    ["arn:aws:kms:*:*:key/*0", 1 / 16],
    ["arn:aws:kms:*:*:key/0123*", 1 / 2 / 65_536],
    ["arn:aws:kms:*:*:key/????????????????????????????????????", 1],
    ["arn:aws:kms:*:*:key/???????????????????????????????????", 0],
    ["arn:aws:kms:*:*:key/*g*", 0],
    // One of 34 Regions, four of them, eleven of them.
    ["arn:aws:kms:us-east-1:*:key/*", 1 / 34],
    ["arn:aws:kms:us-*:*:key/*", 4 / 34],
    ["arn:aws:kms:?????????:*:key/*", 11 / 34],
    ["arn:aws:kms:us-east-1:*:key/0*", 1 / 34 / 32],
    ["arn:aws:kms:xx-none-1:*:key/*", 0],
  ])("`%s`: %d", (glob, share) => {
    expect(shares([glob], true)[glob] ?? 0).toBeCloseTo(share, 12);
  });

  test("of keys in other accounts", () => {
    const globs = ["arn:aws:kms:*:*:key/*", "arn:aws:kms:*:9*:key/*", "arn:aws:kms:*:?9*:key/*"];
    const found = shares(globs, false);
    expect(found[globs[0] ?? ""]).toBeCloseTo(81 / 100, 12);
    expect(found[`${globs[0]} & ${globs[1]}`]).toBeCloseTo(9 / 100, 12);
    expect(found[`${globs[0]} & ${globs[2]}`]).toBeCloseTo(9 / 100, 12);
    expect(found[globs.join(" & ")]).toBeCloseTo(1 / 100, 12);
  });

  test("of a foreign account that a pattern and a name both mean", () => {
    const [named, pattern] = ["arn:aws:kms:*:999900001111:key/*", "arn:aws:kms:*:9999000?1111:key/*"];
    expect(shares([named, pattern], false)[pattern]).toBeCloseTo(10 / 1e12, 15);
    const [cell, ...others] = division([named, pattern]).namedCells();
    expect(cell?.example).toBe("arn:aws:kms:af-south-1:999900001111:key/…");
    expect(cell?.matched).toEqual(new Set([named, pattern]));
    expect(others.map((other) => [other?.shape, other?.matched])).toEqual([[1, new Set([named, pattern])]]);
  });

  test("of a hundred accounts by name, the own among them", () => {
    const ids = Array.from({ length: 100 }, (_, index) => String(111122223333 + 7919 * index));
    const found = shares(
      ids.map((id) => `arn:aws:kms:*:${id}:key/*`),
      true,
    );
    expect(found).toEqual({ "arn:aws:kms:*:111122223333:key/*": 1 });
  });

  test("of the two Regions of China", () => {
    const north = "arn:aws-cn:kms:cn-north-1:*:*";
    expect(shares([north], true, CHINA)).toEqual({ [north]: 1 / 2, none: 1 / 2 });
  });
});

describe("globs divide the keys among them", () => {
  test("by the first and by the last digit", () => {
    const [first, last] = ["arn:aws:kms:*:*:key/0*", "arn:aws:kms:*:*:key/*0"];
    const found = shares([first, last], true);
    expect(Object.keys(found)).toHaveLength(4);
    expect(found[`${first} & ${last}`]).toBeCloseTo(1 / 512, 12);
    expect(found[first]).toBeCloseTo(15 / 512, 12);
    expect(found[last]).toBeCloseTo(15 / 512 + 1 / 32, 12);
    expect(found.none).toBeCloseTo(15 / 32 + 15 / 32 - 15 / 512, 12);
  });

  test("without any glob there is one cell for own keys and one for the others", () => {
    expect(shares([], true)).toEqual({ none: 1 });
    expect(shares([], false)).toEqual({ none: 1 });
  });

  test("a cell's example is one of its keys", () => {
    const glob = "arn:aws:kms:eu-west-3:*:key/*a";
    const cell = division([glob]).cells.find(({ own, matched }) => own && matched.has(glob));
    expect(cell?.example).toMatch(/^arn:aws:kms:eu-west-3:111122223333:key\/[0-9a-f-]{35}a$/);
  });

  test("Regions that the same globs match are one", () => {
    const regions = (...globs: string[]) => division(globs).regions.map(({ names }) => names.length);
    expect(regions("arn:aws:kms:*:*:key/*")).toEqual([34]);
    expect(regions("arn:aws:kms:eu-west-1:*:key/*")).toEqual([33, 1]);
    expect(regions("arn:aws:kms:us-*:*:key/*", "arn:aws:kms:us-gov-west-1:*:key/*")).toEqual([30, 4]);
  });
});

describe("keys that are named", () => {
  const named = (...globs: string[]) =>
    [...division(globs).namedCells()]
      .filter((cell) => cell?.shape === undefined)
      .map((cell) => ({
        own: cell?.own,
        example: cell?.example.replace("arn:aws:kms:", ""),
        matched: globs.filter((glob) => cell?.matched.has(glob)).length,
      }));

  test("are each a cell, with every glob that matches it", () => {
    expect(
      named(
        "arn:aws:kms:eu-west-1:111122223333:key/abc",
        "arn:aws:kms:eu-west-1:*:key/abc",
        "arn:aws:kms:eu-west-1:*:key/a*",
        "arn:aws:kms:eu-west-1:999900001111:key/def",
      ),
    ).toEqual([
      { own: true, example: "eu-west-1:111122223333:key/abc", matched: 3 },
      { own: false, example: "eu-west-1:846193750282:key/abc", matched: 2 },
      { own: false, example: "eu-west-1:999900001111:key/abc", matched: 2 },
      { own: false, example: "eu-west-1:999900001111:key/def", matched: 1 },
    ]);
  });

  test("in any Region and account are one in each that different globs match", () => {
    expect(named("arn:aws:kms:*:*:key/abc", "arn:aws:kms:us-east-1:*:key/*")).toEqual([
      { own: true, example: "af-south-1:111122223333:key/abc", matched: 1 },
      { own: false, example: "af-south-1:846193750282:key/abc", matched: 1 },
      { own: true, example: "us-east-1:111122223333:key/abc", matched: 2 },
      { own: false, example: "us-east-1:846193750282:key/abc", matched: 2 },
    ]);
  });

  test.each([
    "arn:aws:kms:eu-west-1:111122223333:alias/abc",
    "arn:aws:kms:eu-west-1:111122223333:key/",
    "arn:aws:kms:eu-west-1:111122223333:key/a_b",
    "arn:aws:kms:eu-west-1:111122223333:key/a:b",
    "arn:aws-cn:kms:cn-north-1:111122223333:key/abc",
  ])("`%s` is none of them", (glob) => {
    expect(named(glob)).toEqual([]);
  });

  test("are given up on where the steps are used up: undefined comes last", () => {
    const key = "arn:aws:kms:*:*:key/";
    const globs = Array.from({ length: 120 }, (_, index) => `${key}${index}`);
    for (let index = 0; index < 20; index += 1) globs.push(`${key}${index}*`);
    const cells = [...division(globs, OWN, 5_000).namedCells()];
    expect(cells.length).toBeLessThan(240);
    expect(cells.indexOf(undefined)).toBe(cells.length - 1);
    expect([...division(globs.slice(0, 120)).namedCells()]).not.toContain(undefined);
  });
});

test("globs that would make too many cells leave keys undecided", () => {
  const HEX = [..."0123456789abcdef"];
  const many = HEX.flatMap((a) => HEX.map((b) => `arn:aws:kms:*:*:key/*${a}?${b}*${a}${b}?*${b}*`));
  const undecided = (globs: readonly string[]) =>
    divided(["arn:aws:kms:*:*:key/*", ...globs])?.cells.some(({ isUndecided }) => isUndecided);
  expect(undecided(many)).not.toBe(false);
  expect(undecided(many.slice(0, 1))).toBe(false);
});

test("globs that are used alike are counted together", () => {
  const many = [..."0123456789abcdef"].map((digit) => `arn:aws:kms:*:*:key/*${digit}7*`);
  const cells = divided(many, OWN, 40_000, () => "the same statement")?.cells.filter(({ own }) => own);
  expect(cells?.filter(({ shape }) => shape === 0).map(({ matched }) => matched.size)).toEqual([1, 0]);
});
