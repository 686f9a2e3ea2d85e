import { describe, expect, test } from "vitest";
import type { Problem, Statement } from "./document.ts";
import { decodePolicyText, parseDocument } from "./parse-document.ts";

const STATEMENT = { Effect: "Allow", Action: "kms:*", Resource: "*" };

function statementsOf(input: unknown): readonly Statement[] {
  const parsed = parseDocument(input);
  if (parsed.kind === "document") return parsed.statements;
  throw new Error(`invalid: ${JSON.stringify(parsed.problems)}`);
}

function problemsOf(input: unknown): readonly Problem[] {
  const parsed = parseDocument(input);
  return parsed.kind === "invalid" ? parsed.problems : [];
}

describe("every form that IAM accepts is folded into one", () => {
  test("a lone statement of strings", () => {
    expect(statementsOf({ Statement: STATEMENT })).toEqual([
      {
        version: "2008-10-17",
        path: "Statement",
        effect: "Allow",
        actions: { element: "Action", patterns: ["kms:*"] },
        resources: { element: "Resource", patterns: ["*"] },
        conditions: [],
      },
    ]);
  });

  test("lists, the negated elements, a Sid, conditions of every type of value", () => {
    const statements = statementsOf({
      Version: "2012-10-17",
      Id: "cd3ad3d9",
      Statement: [
        {
          Sid: "AllBut",
          Effect: "Deny",
          NotAction: ["iam:*", "kms:*"],
          NotResource: ["arn:aws:s3:::a", "*"],
          Condition: {
            Bool: { "aws:MultiFactorAuthPresent": false },
            NumericLessThan: { "aws:MultiFactorAuthAge": [60, "90"] },
            StringLike: {},
          },
        },
        STATEMENT,
      ],
    });
    expect(statements).toEqual([
      {
        version: "2012-10-17",
        path: "Statement[0]",
        sid: "AllBut",
        effect: "Deny",
        actions: { element: "NotAction", patterns: ["iam:*", "kms:*"] },
        resources: { element: "NotResource", patterns: ["arn:aws:s3:::a", "*"] },
        conditions: [
          { operator: "Bool", key: "aws:MultiFactorAuthPresent", values: ["false"] },
          { operator: "NumericLessThan", key: "aws:MultiFactorAuthAge", values: ["60", "90"] },
        ],
      },
      {
        version: "2012-10-17",
        path: "Statement[1]",
        effect: "Allow",
        actions: { element: "Action", patterns: ["kms:*"] },
        resources: { element: "Resource", patterns: ["*"] },
        conditions: [],
      },
    ]);
  });

  test("each statement says which policy it is of, where that is given", () => {
    const policy = { kind: "managed", arn: "arn:aws:iam::111122223333:policy/A", name: "A" } as const;
    const text = JSON.stringify({ Statement: [STATEMENT, STATEMENT] });
    const parsed = parseDocument(text, policy);
    expect(parsed.kind === "document" && parsed.statements.map((statement) => statement.policy)).toEqual([
      policy,
      policy,
    ]);
    expect(statementsOf(text).map((statement) => "policy" in statement)).toEqual([false, false]);
  });

  test("the order of elements does not matter", () => {
    const turned = Object.fromEntries(Object.entries(STATEMENT).toReversed());
    expect(statementsOf({ Statement: turned, Version: "2012-10-17" })).toEqual(
      statementsOf({ Version: "2012-10-17", Statement: STATEMENT }),
    );
  });
});

describe("every problem of a document in one pass, with its place", () => {
  test.each([
    { given: null, problems: [["", "a policy document is a JSON object, this is null"]] },
    { given: [STATEMENT], problems: [["", "a policy document is a JSON object, this is a list"]] },
    { given: 5, problems: [["", "a policy document is a JSON object, this is a number"]] },
    { given: {}, problems: [["Statement", "is missing: a policy has at least one statement"]] },
    {
      given: { Statement: [] },
      problems: [["Statement", "is an empty list: a policy has at least one statement"]],
    },
    {
      given: { Version: 2012, Id: [], Statement: "kms:*" },
      problems: [
        ["Version", "is a number, it has to be a string"],
        ["Id", "is a list, it has to be a string"],
        ["Statement", "is a string, a statement is an object"],
      ],
    },
    {
      given: { Statement: [null, [STATEMENT], true] },
      problems: [
        ["Statement[0]", "is null, a statement is an object"],
        ["Statement[1]", "is a list, a statement is an object"],
        ["Statement[2]", "is a boolean, a statement is an object"],
      ],
    },
    {
      given: { Statement: { Sid: 1, Effect: {}, Action: 2, Resource: null, Condition: "x" } },
      problems: [
        ["Statement.Sid", "is a number, it has to be a string"],
        ["Statement.Effect", "is an object: it has to be `Allow` or `Deny`, in this case"],
        ["Statement.Action", "is a number, it has to be a string or a list of strings"],
        ["Statement.Resource", "is null, it has to be a string or a list of strings"],
        ["Statement.Condition", "is a string, it has to be an object of operators"],
      ],
    },
    {
      given: { Statement: { ...STATEMENT, Effect: "ALLOW" } },
      problems: [["Statement.Effect", "is `ALLOW`: it has to be `Allow` or `Deny`, in this case"]],
    },
    {
      given: { Statement: { Action: "kms:*", Resource: "*" } },
      problems: [["Statement.Effect", "is missing: it has to be `Allow` or `Deny`, in this case"]],
    },
    {
      given: { Statement: [{ ...STATEMENT, NotAction: "iam:*", NotResource: "*" }] },
      problems: [
        ["Statement[0]", "has both Action and NotAction: a statement has one of the two"],
        ["Statement[0]", "has both Resource and NotResource: a statement has one of the two"],
      ],
    },
    {
      given: { Statement: [{ ...STATEMENT, Action: ["kms:*", 1, ["kms:*"]], Resource: [] }] },
      problems: [
        ["Statement[0].Action[1]", "is a number, it has to be a string"],
        ["Statement[0].Action[2]", "is a list, it has to be a string"],
        ["Statement[0].Resource", "is an empty list"],
      ],
    },
    {
      given: { Statement: { ...STATEMENT, Action: "kms", NotAction: [1, "k*:*"] } },
      problems: [
        ["Statement.NotAction[0]", "is a number, it has to be a string"],
        ["Statement", "has both Action and NotAction: a statement has one of the two"],
        ["Statement.Action", "`kms` has no service prefix: an action is written `service:Name`, or `*`"],
        ["Statement.NotAction[1]", "`k*:*` has a wildcard in its service prefix, which IAM does not take"],
      ],
    },
    {
      given: { Statement: { ...STATEMENT, Condition: { Bool: { a: ["true", null, []] } } } },
      problems: [
        ["Statement.Condition.Bool.a[1]", "is null, a condition compares with strings, numbers or booleans"],
        [
          "Statement.Condition.Bool.a[2]",
          "is a list, a condition compares with strings, numbers or booleans",
        ],
      ],
    },
    {
      given: { Statement: [{ ...STATEMENT, Action: ["kms", "kms:*", "k*:*"] }] },
      problems: [
        [
          "Statement[0].Action[0]",
          "`kms` has no service prefix: an action is written `service:Name`, or `*`",
        ],
        ["Statement[0].Action[2]", "`k*:*` has a wildcard in its service prefix, which IAM does not take"],
      ],
    },
    {
      given: { Statement: { Effect: "Deny", NotAction: "a:b:c", Resource: "*" } },
      problems: [["Statement.NotAction", "`a:b:c` has more than one colon"]],
    },
    {
      given: { Statement: { ...STATEMENT, Condition: { Bool: "true", Null: { a: null, b: [{}] } } } },
      problems: [
        ["Statement.Condition.Bool", "is a string, it has to be an object of condition keys"],
        ["Statement.Condition.Null.a", "is null, a condition compares with strings, numbers or booleans"],
        [
          "Statement.Condition.Null.b[0]",
          "is an object, a condition compares with strings, numbers or booleans",
        ],
      ],
    },
    {
      given: { Statement: { ...STATEMENT, Principal: { AWS: "*" }, NotPrincipal: "*" } },
      problems: [
        [
          "Statement.Principal",
          "makes this a resource policy (a key policy or a trust policy), not an identity policy",
        ],
        [
          "Statement.NotPrincipal",
          "makes this a resource policy (a key policy or a trust policy), not an identity policy",
        ],
      ],
    },
    {
      given: { version: "2012-10-17", Statement: { ...STATEMENT, RESOURCE: "arn:aws:s3:::a" } },
      problems: [
        ["version", "is no element of the policy language: is `Version` meant?"],
        ["Statement.RESOURCE", "is no element of the policy language: is `Resource` meant?"],
      ],
    },
  ])("$given", ({ given, problems }) => {
    expect(problemsOf(given).map(({ path, message }) => [path, message])).toEqual(problems);
    // The text says the same.
    expect(problemsOf(JSON.stringify(given))).toEqual(problemsOf(given));
  });

  test.each([
    ["", "the document is empty"],
    ["%7B%7", "the URL encoding is broken: a % is not followed by UTF-8 in hex digits"],
  ])("the text `%s`", (text, message) => {
    expect(problemsOf(text)).toEqual([{ path: "", message }]);
  });

  test("text that is no JSON says what JSON has against it", () => {
    expect(problemsOf('{"Version":')).toEqual([
      { path: "", message: "not JSON: Unexpected end of JSON input" },
    ]);
  });

  test("what can be read of an invalid document is there to be evaluated", () => {
    const parsed = parseDocument({ Statement: [STATEMENT, null, { ...STATEMENT, Effect: "deny" }] });
    expect(parsed.kind === "invalid" && parsed.readable?.map(({ path }) => path)).toEqual(["Statement[0]"]);
  });

  test("a hundred problems are listed, the rest is counted", () => {
    const problems = problemsOf({ Statement: Array.from({ length: 250 }, () => null) });
    expect(problems).toHaveLength(101);
    expect(problems[99]?.path).toBe("Statement[99]");
    expect(problems[100]).toEqual({ path: "", message: "and 150 more problems" });
  });

  test("what is quoted is cut", () => {
    const long = "x".repeat(10_000);
    expect(problemsOf({ Statement: { ...STATEMENT, Action: long } })[0]?.message).toBe(
      `\`${"x".repeat(60)}…\` has no service prefix: an action is written \`service:Name\`, or \`*\``,
    );
    expect(problemsOf({ Statement: { ...STATEMENT, Condition: { [long]: 1 } } })[0]?.path).toHaveLength(201);
  });
});

describe("what is odd and changes nothing is passed over", () => {
  test.each<[object, number]>([
    [{ Version: "2030-01-01", Statement: STATEMENT }, 1],
    [
      {
        Statement: [
          { ...STATEMENT, Sid: "A" },
          { ...STATEMENT, Sid: "A" },
        ],
      },
      2,
    ],
    [{ Statement: { ...STATEMENT, Comment: { Effect: "Deny" } }, Tags: [] }, 1],
  ])("%j", (given, statements) => {
    expect(statementsOf(given)).toHaveLength(statements);
  });

  test("a statement that lacks an element names nothing by it", () => {
    const [statement] = statementsOf({ Statement: { Effect: "Allow", Action: "s3:*" } });
    expect(statement?.resources.patterns).toEqual([]);
    const [other] = statementsOf({ Statement: [{ Effect: "Allow", Resource: "*" }] });
    expect(other?.actions.patterns).toEqual([]);
  });
});

describe("keys that JSON.parse would drop", () => {
  const twice = (text: string) => problemsOf(text).map(({ path }) => path);

  test.each([
    ["plain", '{"Statement":{"Effect":"Allow","Action":"kms:*","Resource":"*","Action":"s3:Get*"}}'],
    ["a blank", '{"Statement":{"Effect":"Allow","Action":"kms:*","Resource":"*","Action" :"s3:Get*"}}'],
    ["a line", '{"Statement":{"Effect":"Allow","Action":"kms:*","Resource":"*","Action"\n:"s3:Get*"}}'],
    [
      "an escape",
      '{"Statement":{"Effect":"Allow","Action":"kms:*","Resource":"*","\\u0041ction":"s3:Get*"}}',
    ],
    [
      "a blank here, a string with a colon in front there",
      '{"Statement":{"Effect" :"Allow","Sid":":","Action":"kms:*","Resource":"*","Action" :"s3:Get*"}}',
    ],
  ])("are found: %s", (_, text) => {
    expect(twice(text)).toEqual(["Statement.Action"]);
  });

  test("are found in the decoded text", () => {
    expect(twice(encodeURIComponent('{"Statement":[],"Statement":[]}'))).toContain("Statement");
  });

  test("come first, before what else is wrong, and the rest is still read", () => {
    const parsed = parseDocument(
      '{"Statement":[{"Sid":"a","Sid":"b","Effect":"Allow","Action":"kms:*","Resource":"*"},null]}',
    );
    expect(parsed.kind === "invalid" && parsed.problems.map(({ path }) => path)).toEqual([
      "Statement[0].Sid",
      "Statement[1]",
    ]);
    expect(parsed.kind === "invalid" && parsed.readable).toHaveLength(1);
  });
});

// Ten megabytes take seconds on a busy machine.
describe("nothing brings it down", { timeout: 60_000 }, () => {
  const DEEP = 100_000;
  const nested = (open: string, close: string) => open.repeat(DEEP) + close.repeat(DEEP);
  const around = (element: string) =>
    `{"Statement":{"Effect":"Allow","Action":"kms:*","Resource":"*",${element}}}`;

  test.each([
    ["in an element nobody knows", around(`"Note":${nested("[", "]")}`), "document"],
    ["in objects", around(`"Note":${'{"a":'.repeat(DEEP)}1${"}".repeat(DEEP)}`), "document"],
    ["in Sid", around(`"Sid":${nested("[", "]")}`), "invalid"],
    ["in Condition", around(`"Condition":${nested("[", "]")}`), "invalid"],
    ["in the value of a condition", around(`"Condition":{"Bool":{"a":${nested("[", "]")}}}`), "invalid"],
    ["in an operator", around(`"Condition":{"Bool":${nested("[", "]")}}`), "invalid"],
    ["beside Action", around(`"NotAction":${nested("[", "]")}`), "invalid"],
    ["as the document", nested("[", "]"), "invalid"],
    ["as Statement", `{"Statement":${nested("[", "]")}}`, "invalid"],
    ["as Version", `{"Version":${nested("[", "]")},"Statement":[]}`, "invalid"],
  ])("a hundred thousand levels %s", (_, text, kind) => {
    expect(parseDocument(text).kind).toBe(kind);
  });

  test("ten megabytes of one action", () => {
    const [action] =
      statementsOf({ Statement: { ...STATEMENT, Action: `s3:${"x".repeat(10_000_000)}` } })[0]?.actions
        .patterns ?? [];
    expect(action).toHaveLength(10_000_003);
  });

  test("ten megabytes of statements, written with blanks before the colons", () => {
    const count = 150_000;
    const statement = '{"Effect" : "Allow","Action" : "kms:*", "Resource" : "arn:aws:s3:::b"},';
    const text = `{"Statement" : [${statement.repeat(count)}${statement.slice(0, -1)}]}`;
    expect(statementsOf(text)).toHaveLength(count + 1);
  });

  test("ten megabytes that are no JSON", () => {
    expect(problemsOf("{".repeat(10_000_000))[0]?.path).toBe("");
    expect(problemsOf(`%${"7B%".repeat(3_000_000)}`)[0]?.message).toMatch(/^the URL encoding is broken/);
  });

  test("__proto__ and constructor are names like others", () => {
    const text = around('"__proto__":{"Effect":"Deny"},"constructor":1,"Condition":{"__proto__":{"a":"b"}}');
    const [statement] = statementsOf(text);
    expect(statement?.effect).toBe("Allow");
    expect(statement?.conditions).toEqual([{ operator: "__proto__", key: "a", values: ["b"] }]);
  });

  test.each([undefined, () => 1, Symbol("a"), 1n, new Date(0), Number.NaN])(
    "a value that is no JSON",
    (value) => {
      expect(parseDocument(value).kind).toBe("invalid");
    },
  );
});

describe("the text of a document is decoded", () => {
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
});
