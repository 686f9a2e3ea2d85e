import { evaluateDocument } from "@kms-guard/core/evaluate/evaluate.ts";
import type { VerdictName } from "@kms-guard/core/evaluate/verdict.ts";
import { KMS } from "@kms-guard/core/services/kms.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { naiveGrants } from "./naive-iam.ts";
import {
  actionPattern,
  anyCondition,
  KEY,
  policyDocument,
  realCondition,
  resourcePattern,
  statement,
  type WrittenDocument,
  type WrittenStatement,
} from "./policy-documents.ts";

const OWN = { id: "111122223333", partition: "aws" };
const RUNS = { numRuns: fc.readConfigureGlobal().numRuns ?? 1000 };

/** Every verdict but `invalid`, which is in no order with the others: such documents are set aside. */
const DECIDED: readonly VerdictName[] = [
  "none",
  "scoped-full",
  "escalation",
  "conditional-full",
  "near-full",
  "full",
];

const verdictOf = (document: unknown) => evaluateDocument(document, { account: OWN, service: KMS, nowMs: 0 });

/** How bad a verdict is: conditions that always hold are none, and one that the principal can make true is one at best. */
function rank(document: WrittenDocument): number {
  const { name, vacuous, severity } = verdictOf(document);
  fc.pre(name !== "invalid");
  if (vacuous) return DECIDED.indexOf("near-full");
  return DECIDED.indexOf(name === "escalation" && severity === "HIGH" ? "conditional-full" : name);
}

/** What must not change where only the writing does. */
function essence(document: unknown) {
  const { name, vacuous, missingActions } = verdictOf(document);
  fc.pre(name !== "invalid");
  return { name, vacuous, missingActions };
}

const allow = statement(fc.constant("Allow"));
const deny = statement(fc.constant("Deny"));

test("the documents are worth looking at: every verdict is among them, often", () => {
  const seen = new Map<VerdictName, number>();
  for (const document of fc.sample(policyDocument, { numRuns: 1000, seed: 1 })) {
    const { name } = verdictOf(document);
    seen.set(name, (seen.get(name) ?? 0) + 1);
  }
  for (const name of DECIDED)
    expect(seen.get(name) ?? 0, name).toBeGreaterThan(name === "escalation" ? 3 : 30);
  // Patterns with two readings are rare, and no document is too complex.
  expect(seen.get("invalid") ?? 0).toBeLessThan(100);
});

describe("one statement more", () => {
  test("an Allow never lowers a verdict", () => {
    fc.assert(
      fc.property(policyDocument, allow, fc.nat(4), (document, added, at) => {
        const Statement = document.Statement.toSpliced(at, 0, added);
        expect(rank({ ...document, Statement })).toBeGreaterThanOrEqual(rank(document));
      }),
      RUNS,
    );
  });

  test("an Allow under whatever condition never lowers it", () => {
    fc.assert(
      fc.property(policyDocument, allow, anyCondition, (document, added, Condition) => {
        const Statement = [...document.Statement, { ...added, Condition }];
        expect(rank({ ...document, Statement })).toBeGreaterThanOrEqual(rank(document));
      }),
      RUNS,
    );
  });

  test("a Deny under whatever condition never raises it", () => {
    fc.assert(
      fc.property(policyDocument, deny, anyCondition, (document, added, Condition) => {
        const Statement = [{ ...added, Condition }, ...document.Statement];
        expect(rank({ ...document, Statement })).toBeLessThanOrEqual(rank(document));
      }),
      RUNS,
    );
  });

  test("an unconditional Deny never raises it", () => {
    fc.assert(
      fc.property(policyDocument, deny, fc.nat(4), (document, { Condition: _, ...added }, at) => {
        const Statement = document.Statement.toSpliced(at, 0, added);
        expect(rank({ ...document, Statement })).toBeLessThanOrEqual(rank(document));
      }),
      RUNS,
    );
  });

  test("a Deny under a condition on MFA, network or tags changes nothing, whatever it denies", () => {
    fc.assert(
      fc.property(policyDocument, deny, realCondition, (document, added, Condition) => {
        const Statement = [{ ...added, Condition }, ...document.Statement];
        expect(essence({ ...document, Statement })).toEqual(essence(document));
      }),
      RUNS,
    );
  });

  test("a Deny on one named key leaves full, near-full and conditional-full as they are", () => {
    const onOneKey = fc.record({
      Effect: fc.constant("Deny" as const),
      Action: fc.array(actionPattern, { minLength: 1, maxLength: 3 }),
      Resource: fc.constant([KEY]),
    });
    fc.assert(
      fc.property(policyDocument, onOneKey, (document, added) => {
        const before = essence(document);
        fc.pre(["full", "near-full", "conditional-full"].includes(before.name));
        expect(essence({ ...document, Statement: [...document.Statement, added] })).toEqual(before);
      }),
      RUNS,
    );
  });
});

describe("the writing changes nothing", () => {
  test("the order of statements and of patterns", () => {
    fc.assert(
      fc.property(policyDocument, (document) => {
        const turned = document.Statement.map((written) =>
          Object.fromEntries(
            Object.entries(written)
              .toReversed()
              .map(([key, value]) => [key, Array.isArray(value) ? value.toReversed() : value]),
          ),
        );
        const { Version } = document;
        expect(essence({ Statement: turned.toReversed(), Version })).toEqual(essence(document));
      }),
      RUNS,
    );
  });

  test("the case of actions", () => {
    const inverted = (text: string) =>
      [...text].map((c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase())).join("");
    fc.assert(
      fc.property(policyDocument, (document) => {
        const Statement = document.Statement.map((written) => ({
          ...written,
          ...(written.Action && { Action: written.Action.map(inverted) }),
          ...(written.NotAction && { NotAction: written.NotAction.map(inverted) }),
        }));
        expect(essence({ ...document, Statement })).toEqual(essence(document));
      }),
      RUNS,
    );
  });

  test("a string for a list of one, a statement without brackets", () => {
    const bare = (value: unknown) => (Array.isArray(value) && value.length === 1 ? value[0] : value);
    fc.assert(
      fc.property(policyDocument, (document) => {
        const statements = document.Statement.map((written) =>
          Object.fromEntries(Object.entries(written).map(([key, value]) => [key, bare(value)])),
        );
        expect(essence({ ...document, Statement: bare(statements) })).toEqual(essence(document));
      }),
      RUNS,
    );
  });

  test("a statement split by its actions or by its resources", () => {
    const split = (element: "Action" | "Resource", written: WrittenStatement): WrittenStatement[] =>
      written[element]?.map((pattern) => ({ ...written, [element]: [pattern] })) ?? [written];
    fc.assert(
      fc.property(policyDocument, fc.constantFrom("Action", "Resource"), (document, element) => {
        const Statement = document.Statement.flatMap((written) => split(element, written));
        expect(essence({ ...document, Statement })).toEqual(essence(document));
      }),
      RUNS,
    );
  });

  test("the whole catalogue for kms:*", () => {
    const whole = KMS.actions.map(({ name }) => `kms:${name}`);
    const spelt = (patterns: readonly string[]) => patterns.flatMap((p) => (p === "kms:*" ? whole : [p]));
    fc.assert(
      fc.property(policyDocument, (document) => {
        const Statement = document.Statement.map((written) => ({
          ...written,
          ...(written.Action && { Action: spelt(written.Action) }),
          ...(written.NotAction && { NotAction: spelt(written.NotAction) }),
        }));
        expect(essence({ ...document, Statement })).toEqual(essence(document));
      }),
      RUNS,
    );
  });

  test("text, encoded text or JSON value", () => {
    fc.assert(
      fc.property(policyDocument, fc.constantFrom(undefined, 1, "\t"), (document, indent) => {
        const text = JSON.stringify(document, null, indent);
        const verdict = verdictOf(document);
        expect(verdictOf(text)).toEqual(verdict);
        expect(verdictOf(encodeURIComponent(text))).toEqual(verdict);
        expect(verdictOf(text.replaceAll('":', '" :'))).toEqual(verdict);
      }),
      RUNS,
    );
  });
});

describe("against IAM's rules spelt out, on keys picked at random", () => {
  const hex = (length: number) =>
    fc.array(fc.constantFrom(..."0123456789abcdef"), { minLength: length, maxLength: length });
  const keyId = fc.oneof(
    hex(32).map((digits) => `mrk-${digits.join("")}`),
    hex(32).map((d) => d.join("").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5")),
  );
  const ownKey = fc
    .tuple(fc.constantFrom("eu-west-1", "eu-west-2", "us-east-1", "ap-southeast-7"), keyId)
    .map(([region, id]) => `arn:aws:kms:${region}:111122223333:key/${id}`);
  const keyOnly = KMS.actions.filter(({ resources }) => resources.join() === "key").map(({ name }) => name);
  const onKeys = KMS.actions.filter(({ resources }) => resources.includes("key")).map(({ name }) => name);

  test("full gives every action on every key, and none leaves a power out on each", () => {
    const powers = KMS.powers.map(({ actions }) => actions);
    fc.assert(
      fc.property(policyDocument, fc.array(ownKey, { minLength: 4, maxLength: 4 }), (document, keys) => {
        const { name } = verdictOf(document);
        for (const key of keys) {
          const granted = naiveGrants(document, key, false);
          if (name === "full") expect([...granted]).toEqual(expect.arrayContaining(onKeys));
          // Denies under conditions that hold together at any time are too much for these rules.
          const isPlain = document.Statement.every(
            ({ Effect, Condition }) => Effect === "Allow" || !Condition,
          );
          if (name !== "none" || !isPlain) continue;
          expect(keyOnly.every((action) => granted.has(action))).toBe(false);
          expect(powers.every((actions) => actions.some((action) => granted.has(action)))).toBe(false);
        }
      }),
      RUNS,
    );
  });

  test("a document that lacks an action on some key is not full", () => {
    fc.assert(
      fc.property(policyDocument, ownKey, (document, key) => {
        const conditional = naiveGrants(document, key, true);
        fc.pre(!onKeys.every((action) => conditional.has(action)));
        expect(verdictOf(document).name).not.toBe("full");
      }),
      RUNS,
    );
  });
});

describe("nothing brings it down", () => {
  const VERDICTS = [...DECIDED, "invalid"];

  test("any JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (json) => {
        expect(VERDICTS).toContain(verdictOf(json).name);
        expect(VERDICTS).toContain(verdictOf(JSON.stringify(json)).name);
      }),
      RUNS,
    );
  });

  test("any text", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.json().map(encodeURIComponent)), (text) => {
        expect(VERDICTS).toContain(verdictOf(text).name);
      }),
      RUNS,
    );
  });

  test("any value in the place of any other", () => {
    const element = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.constantFrom("Allow", "*", "kms:*", ["*"], {}),
    );
    const elements = ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition", "Note"];
    const odd = fc.dictionary(fc.constantFrom(...elements, "effect", "__proto__"), element);
    fc.assert(
      fc.property(policyDocument, odd, fc.oneof(odd, fc.array(odd)), (document, replaced, other) => {
        const [first, ...rest] = document.Statement;
        const Statement = [{ ...first, ...replaced }, ...rest, other];
        expect(VERDICTS).toContain(verdictOf({ ...document, Statement }).name);
        expect(verdictOf(JSON.stringify({ ...document, Statement }))).toEqual(
          verdictOf(JSON.parse(JSON.stringify({ ...document, Statement }))),
        );
      }),
      RUNS,
    );
  });

  test("any characters for patterns", () => {
    const pattern = fc.string({
      unit: fc.constantFrom(
        "*",
        "?",
        ":",
        "/",
        "$",
        "{",
        "}",
        "'",
        ",",
        "a",
        "kms",
        "arn:aws:kms:",
        "key/",
        "-",
      ),
    });
    fc.assert(
      fc.property(fc.array(pattern), fc.array(pattern), fc.boolean(), (actions, resources, isAllow) => {
        const odd = {
          Effect: isAllow ? "Allow" : "Deny",
          Action: actions.map((text) => `kms:${text.replaceAll(":", "")}`),
          Resource: resources.concat("*"),
        };
        const all = { Effect: "Allow", Action: "kms:*", Resource: resources.concat("*") };
        expect(VERDICTS).toContain(verdictOf({ Version: "2012-10-17", Statement: [all, odd] }).name);
      }),
      RUNS,
    );
  });

  test("a hundred patterns of every kind", () => {
    fc.assert(
      fc.property(fc.array(resourcePattern, { minLength: 100, maxLength: 120 }), deny, (patterns, denied) => {
        const Statement = [{ Effect: "Allow", Action: "kms:*", Resource: patterns }, denied];
        expect(VERDICTS).toContain(verdictOf({ Version: "2012-10-17", Statement }).name);
      }),
      { numRuns: fc.readConfigureGlobal().numRuns ?? 200 },
    );
  });
});
