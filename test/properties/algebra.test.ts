import { actionCatalogue, actionNames, actionsMatching } from "@kms-guard/core/evaluate/action-set.ts";
import { Steps, stringsOf } from "@kms-guard/core/evaluate/glob-automaton.ts";
import { ACCOUNTS } from "@kms-guard/core/evaluate/places.ts";
import {
  type ResourceCell,
  type ResourceSpace,
  resourceSpace,
} from "@kms-guard/core/evaluate/resource-space.ts";
import { duplicateKeys, parseDocument } from "@kms-guard/core/policy/parse-document.ts";
import { KMS } from "@kms-guard/core/services/kms.ts";
import { globMatches } from "@kms-guard/core/text/glob.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { naiveActions, naiveMatch } from "./naive-iam.ts";

const OWN = { id: "111122223333", partition: "aws" };
const RUNS = { numRuns: fc.readConfigureGlobal().numRuns ?? 3000 };

const letters = (...units: string[]) => fc.string({ unit: fc.constantFrom(...units), maxLength: 12 });

test("globs match as their definition says", () => {
  fc.assert(
    fc.property(letters("*", "?", "a", "b"), letters("a", "b"), (pattern, text) => {
      expect(globMatches(pattern, text)).toBe(naiveMatch(pattern, text));
    }),
    { numRuns: fc.readConfigureGlobal().numRuns ?? 10_000 },
  );
});

test("action patterns name what a look at every action finds", () => {
  const catalogue = actionCatalogue(KMS);
  const name = fc.constantFrom(...KMS.actions.map((action) => action.name));
  // A real name with holes in it matches more than itself; letters at random hardly anything.
  const holed = fc
    .tuple(name, fc.array(fc.tuple(fc.nat(40), fc.nat(6), fc.constantFrom("*", "?", "", "**"))))
    .map(([text, holes]) =>
      holes.reduce((cut, [at, length, hole]) => cut.slice(0, at) + hole + cut.slice(at + length), text),
    );
  const anyCase = fc.constantFrom<(text: string) => string>(
    (text) => text,
    (text) => text.toLowerCase(),
    (text) => text.toUpperCase(),
  );
  const prefix = fc.constantFrom("kms:", "KMS:", "kMs:", "km:", "kmss:", "s3:", "kms");
  const pattern = fc.oneof(holed, letters("*", "?", "e", "t", "K", "ey", "\u212A", "[", "."));
  fc.assert(
    fc.property(prefix, pattern, anyCase, (service, text, cased) => {
      const written = service + cased(text);
      const found = actionNames(actionsMatching(written, catalogue), catalogue);
      expect(found).toEqual(naiveActions(written).map((action) => `kms:${action}`));
    }),
    { numRuns: fc.readConfigureGlobal().numRuns ?? 5000 },
  );
});

const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: length, maxLength: length });
const keyId = fc.oneof(
  hex(32).map((digits) => `mrk-${digits}`),
  hex(32).map((digits) => digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-")),
);
const region = fc.constantFrom("eu-west-1", "us-east-1", "us-west-2", "ap-southeast-1", "af-south-1");
const account = fc.oneof(
  fc.constantFrom("111122223333", "999900001111"),
  hex(12).map((d) => d.replace(/[a-f]/g, "7")),
);
const key = fc
  .tuple(region, account, keyId)
  .map(([r, a, id]) => ({ own: a === OWN.id, text: `arn:aws:kms:${r}:${a}:key/${id}` }));

/** A key with some of it replaced by wildcards, so that it matches that key and others, or just not. */
const globOfKey = fc
  .tuple(
    key,
    fc.array(fc.tuple(fc.nat(90), fc.nat(60), fc.constantFrom("*", "?", "0", "")), { maxLength: 4 }),
  )
  .map(([{ text }, holes]) =>
    holes.reduce(
      (cut, [at, length, hole]) => cut.slice(0, at + 12) + hole + cut.slice(at + 12 + length),
      text,
    ),
  );
const globOfSegments = fc
  .tuple(
    fc.constantFrom("*", "eu-*", "?????????", "*-1", "us-east-1"),
    fc.constantFrom("*", "111122223333", "9*", "1???????????"),
    fc.constantFrom("*", "key/*", "key/0*", "key/mrk-*", "k*", "alias/*", "key/?a*", "*/*"),
  )
  .map((segments) => `arn:aws:kms:${segments.join(":")}`);
const glob = fc.oneof(
  { weight: 4, arbitrary: globOfKey },
  { weight: 4, arbitrary: globOfSegments },
  {
    weight: 1,
    arbitrary: fc.constantFrom("arn:*", "arn:aws:kms:*", "*:key/*", "arn:*:key/*", "arn:aws:kms:*:*"),
  },
);

function dividedBy(written: readonly string[], account = OWN) {
  const dividers = {
    globs: new Set(written),
    negligible: new Set<string>(),
    useOf: (glob: string) => glob,
    onRegion: new Map(),
    onAccount: new Map(),
  };
  return resourceSpace(dividers, account, [], KMS, new Steps(40_000));
}

/** The part of the own keys, of both shapes alike, or of the others that is in a cell. */
function shareOf({ own, shape, names, regions, accounts }: ResourceCell, { known }: ResourceSpace): number {
  if (shape === undefined) return 0;
  const { shapes } = KMS.resource;
  const ofShape = Number(names) / Number(stringsOf(shapes[shape] ?? [])) / shapes.length;
  const ofRegions = regions.filter((region) => known.has(region)).length / known.size;
  return ofShape * ofRegions * (own ? 1 : Number(accounts) / Number(ACCOUNTS));
}

describe("the division of all keys", () => {
  const globs = fc.uniqueArray(glob, { maxLength: 5 });
  const matching = (written: readonly string[], text: string) =>
    new Set(written.filter((each) => naiveMatch(each, text)));

  test("every key is in a cell that has just the globs that match it", () => {
    let [tried, exact] = [0, 0];
    fc.assert(
      fc.property(globs, key, (written, { own, text }) => {
        tried += 1;
        const space = dividedBy(written);
        if (space === undefined) return;
        exact += 1;
        const cells = [...space.cells.filter((cell) => shareOf(cell, space) > 0), ...space.namedCells()];
        const found = cells.filter((cell) => cell?.own === own).map((cell) => cell?.matched);
        expect(found).toContainEqual(matching(written, text));
      }),
      RUNS,
    );
    expect(exact).toBeGreaterThan(tried / 2);
  });

  test("every cell's example has just the globs that match it, and the shares add up", () => {
    fc.assert(
      fc.property(globs, (written) => {
        const space = dividedBy(written);
        if (space === undefined) return;
        for (const cell of [...space.cells, ...space.namedCells()]) {
          // Where the rest of a key does not matter the example has none.
          if (cell === undefined || cell.example.includes("…")) continue;
          const { own, matched, example } = cell;
          expect(matched).toEqual(matching(written, example));
          if (own) expect(example).toContain(`:${OWN.id}:`);
        }
        for (const own of [true, false]) {
          const shares = space.cells.filter((cell) => cell.own === own).map((cell) => shareOf(cell, space));
          expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
        }
      }),
      RUNS,
    );
  });

  test("a cell's share is how often keys at random fall into it", () => {
    const uniform = fc.tuple(fc.constantFrom("cn-north-1", "cn-northwest-1"), keyId);
    const keys = fc
      .sample(uniform, { numRuns: 4000, seed: 7 })
      .map(([r, id]) => `arn:aws-cn:kms:${r}:111122223333:key/${id}`);
    const patterns = ["cn-north-1:*:key/*", "*:1*:key/m*", "*:*:key/*a"];
    const written = patterns.map((pattern) => `arn:aws-cn:kms:${pattern}`);
    const space = dividedBy(written, { id: OWN.id, partition: "aws-cn" });
    if (space === undefined) throw new Error("too complex to divide");
    const signature = (globs: ReadonlySet<string>) => written.filter((each) => globs.has(each)).join(" & ");
    const often = new Map<string, number>();
    for (const text of keys) {
      const name = signature(matching(written, text));
      often.set(name, (often.get(name) ?? 0) + 1);
    }
    const own = space.cells.filter((cell) => cell.own);
    for (const [name, cells] of Map.groupBy(own, ({ matched }) => signature(matched))) {
      // Four thousand keys from a seed: three in a hundred is more than chance leaves.
      const share = cells.reduce((sum, cell) => sum + shareOf(cell, space), 0);
      expect(Math.abs((often.get(name) ?? 0) / keys.length - share)).toBeLessThan(0.03);
    }
  });
});

describe("keys that are written twice", () => {
  /** JSON with its keys in a list, so that they may repeat. */
  type Node = string | readonly Node[] | { readonly members: readonly (readonly [string, Node])[] };
  const { node } = fc.letrec<{ node: Node }>((tie) => ({
    node: fc.oneof(
      { depthSize: "large", withCrossShrink: true },
      fc.constantFrom(":", "a", '"', "\\", '":', " :", "{", "b\n"),
      fc.array(tie("node"), { maxLength: 3 }),
      fc.record({
        members: fc.array(
          fc.tuple(fc.constantFrom("a", "b", ":", '"', "\\", " ", "__proto__"), tie("node")),
          {
            maxLength: 4,
          },
        ),
      }),
    ),
  }));

  const written = (value: Node, colon: string): string => {
    if (typeof value === "string") return JSON.stringify(value);
    if (!("members" in value)) return `[${value.map((each) => written(each, colon)).join(", ")}]`;
    const members = value.members.map(([name, each]) => JSON.stringify(name) + colon + written(each, colon));
    return `{${members.join(",")}}`;
  };

  const repeats = (value: Node): number => {
    if (typeof value === "string") return 0;
    if (!("members" in value)) return value.reduce((sum, each) => sum + repeats(each), 0);
    const names = value.members.map(([name]) => name);
    return value.members.reduce((sum, [, each]) => sum + repeats(each), names.length - new Set(names).size);
  };

  const colon = fc.constantFrom(":", " :", ": ", "\n:\t");

  test("are found, each of them", () => {
    let [tried, repeated] = [0, 0];
    fc.assert(
      fc.property(node, colon, (value, between) => {
        tried += 1;
        const found = duplicateKeys(written(value, between)).list().length;
        if (found > 0) repeated += 1;
        expect(found).toBe(Math.min(repeats(value), 101));
      }),
      RUNS,
    );
    expect(repeated).toBeGreaterThan(tried / 10);
  });

  test("make a document invalid, wherever they are", () => {
    const statement = '"Statement":{"Effect":"Allow","Action":"kms:*","Resource":"*"}';
    fc.assert(
      fc.property(node, colon, (value, between) => {
        const text = `{${statement},"Note":${written(value, between)}}`;
        expect(parseDocument(text).kind).toBe(repeats(value) === 0 ? "document" : "invalid");
      }),
      RUNS,
    );
  });
});
