import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { gathered, memoryIo } from "../io/memory-io.fixture.ts";
import { type Input, sourceOf } from "./policy-input.ts";
import { readPolicies } from "./read-policies.ts";

const DOCUMENT = '{"Version":"2012-10-17","Statement":[]}';
const ROLE = "arn:aws:iam::111122223333:role/Deployer";

let cwd: string;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "kms-guard-read-"));
});

afterEach(() => {
  rmSync(cwd, { recursive: true });
});

function write(path: string, content: string | Uint8Array): void {
  mkdirSync(join(cwd, path, ".."), { recursive: true });
  writeFileSync(join(cwd, path), content);
}

/** What was read, a line each: short enough to be written by hand. */
async function read(...paths: readonly string[]): Promise<string[]> {
  const inputs = await gathered(readPolicies(paths, memoryIo({ cwd })));
  return inputs.map(line);
}

function line(input: Input): string {
  switch (input.kind) {
    case "policy":
      return `${input.policyKind} ${input.id} @ ${sourceOf(input.place)} ${JSON.stringify(input.document)}`;
    case "unreadable":
      return `unreadable ${sourceOf(input.place)} ${input.problem.split(":")[0]}`;
    case "skipped":
      return `skipped ${input.path}`;
    case "warning":
      return `warning ${input.message}`;
  }
}

/** Gzip whose last eight bytes, checksum and length, are zeroes. */
function wrongChecksum(text: string): Uint8Array {
  const packed = gzipSync(text);
  return packed.fill(0, packed.length - 8);
}

describe("readPolicies: every shape", () => {
  it.each([
    {
      given: "a document over lines, as text",
      content: '{"Version": "2012-10-17",\n"Statement": []}',
      expected: ['document f @ f:1 "{\\"Version\\": \\"2012-10-17\\",\\n\\"Statement\\": []}"'],
    },
    {
      given: "a document as the API hands it out",
      content: "%7B%22Statement%22%3A%5B%5D%7D\n",
      expected: ['document f @ f:1 "%7B%22Statement%22%3A%5B%5D%7D"'],
    },
    {
      given: "get-policy-version output, document parsed",
      content: '{\n"PolicyVersion": {"Document": {"Statement": []}, "VersionId": "v2"}}',
      expected: ['managed f @ f:1 {"Statement":[]}'],
    },
    {
      given: "get-policy-version output, document encoded",
      content: '{"PolicyVersion":{"Document":"%7B%7D","VersionId":"v2"}}',
      expected: ['managed f @ f:1 "%7B%7D"'],
    },
    {
      given: "get-policy-version output without a document",
      content: '{"PolicyVersion":{"VersionId":"v2"}}',
      expected: ["managed f @ f:1 undefined"],
    },
    {
      given: "get-role-policy output",
      content: '{"RoleName":"r","PolicyName":"p","PolicyDocument":{"Statement":[]}}',
      expected: ['inline f @ f:1 {"Statement":[]}'],
    },
    {
      given: "JSON Lines of documents and of cases",
      content: `${DOCUMENT}\n{"id":"mine","document":{"a":1},"note":"more"}\n{"id":"raw","document":null,"raw":"text"}\n`,
      expected: [
        'document f @ f:1 "{\\"Version\\":\\"2012-10-17\\",\\"Statement\\":[]}"',
        'document mine @ f:2 {"a":1}',
        'document raw @ f:3 "text"',
      ],
    },
    {
      given: "JSON Lines of one line",
      content: '\n{"id":"mine","document":{}}\n\n',
      expected: ["document mine @ f:2 {}"],
    },
    {
      given: "a case over lines",
      content: '{"id":"mine",\n"document":{}}',
      expected: ["document mine @ f:1 {}"],
    },
    {
      given: "a list of them",
      content: `[${DOCUMENT},\n{"id":"mine","document":{}}]`,
      expected: ['document f @ f:1 {"Version":"2012-10-17","Statement":[]}', "document mine @ f:1 {}"],
    },
    {
      given: "account details, two pages as JSON Lines",
      content:
        `{"RoleDetailList":[{"Arn":"${ROLE}","RolePolicyList":[{"PolicyName":"p","PolicyDocument":{}}]}],"IsTruncated":true}\n` +
        '{"Policies":[{"Arn":"arn:aws:iam::111122223333:policy/M","PolicyVersionList":[{"IsDefaultVersion":true,"Document":{}}]}]}',
      expected: [`inline ${ROLE}/p @ f:1 {}`, "managed arn:aws:iam::111122223333:policy/M @ f:2 {}"],
    },
    { given: "account details of an account without policies", content: '{"Policies":[]}', expected: [] },
  ])("reads $given, gzipped or not", async ({ content, expected }) => {
    write("f", content);
    expect(await read("f")).toEqual(expected);
    write("f", gzipSync(content));
    expect(await read("f")).toEqual(expected);
  });

  it("knows a line by its own id, whatever its shape, and by the path where it has none", async () => {
    const lines = ['{"id":"a","PolicyVersion":{}}', '{"id":"b","raw":null}', '{"id":"c"}', '{"raw":null}'];
    write("f", lines.join("\n"));
    const inputs = await gathered(readPolicies(["f"], memoryIo({ cwd })));
    expect(inputs).toMatchObject([
      { kind: "policy", id: "a" },
      { kind: "unreadable", id: "b" },
      { kind: "unreadable", id: "c" },
      { kind: "unreadable", id: "f" },
    ]);
  });

  it("warns where the account's pages do not end", async () => {
    write("f", '{"Policies":[],"IsTruncated":true}');
    expect(await read("f")).toEqual([
      "warning `f` is not the whole account: its last page says that more follow (IsTruncated)",
    ]);
  });
});

describe("readPolicies: what cannot be read", () => {
  it.each([
    { given: "nothing", content: "", expected: ["unreadable f is empty"] },
    { given: "blanks", content: "\n \n", expected: ["unreadable f is empty"] },
    { given: "prose", content: "hello", expected: ["unreadable f is not JSON"] },
    { given: "half a document", content: DOCUMENT.slice(0, 20), expected: ["unreadable f:1 is not JSON"] },
    {
      given: "half a gzip",
      content: gzipSync(DOCUMENT).subarray(0, 20),
      expected: ["unreadable f is gzip data that ends too early"],
    },
    {
      given: "damaged gzip",
      content: wrongChecksum(DOCUMENT),
      expected: ["unreadable f is damaged gzip data"],
    },
    {
      given: "binary data",
      content: Uint8Array.of(0, 1, 2),
      expected: ["unreadable f is not text but binary data"],
    },
    { given: "no policy", content: '{"name":"x"}', expected: ["unreadable f:1 has no policy"] },
    { given: "an empty list", content: "[]", expected: ["unreadable f:1 has no policy"] },
    { given: "a text", content: '"kms:*"', expected: ["unreadable f:1 has no policy"] },
    {
      given: "a list with a stranger",
      content: `[${DOCUMENT}, 1]`,
      expected: [expect.stringContaining("document f"), "unreadable f:1 has no policy"],
    },
  ])("reports a named file with $given", async ({ content, expected }) => {
    write("f", content);
    expect(await read("f")).toEqual(expected);
  });

  it("reports each bad line and goes on with the next, the next file, the next path", async () => {
    write("d/1.jsonl", `{"id":"a","document":{}}\n{oops\n42\n{"id":"b","document":{}}`);
    write("d/2.json", "oops");
    write("d/3.json", '{"id":"c","document":{}}');
    expect(await read("missing", "d")).toEqual([
      "unreadable missing does not exist",
      "document a @ d/1.jsonl:1 {}",
      "unreadable d/1.jsonl:2 is not JSON",
      "unreadable d/1.jsonl:3 has no policy",
      "document b @ d/1.jsonl:4 {}",
      "unreadable d/2.json is not JSON",
      "document c @ d/3.json:1 {}",
    ]);
  });

  it("keeps the policies that came before the damage", async () => {
    const lines = Array.from({ length: 20_000 }, (_, index) => `{"id":"${index}","document":{}}`).join("\n");
    const packed = gzipSync(lines);
    write("f", packed.subarray(0, packed.length - 100));
    const rows = await read("f");
    expect(rows[0]).toBe("document 0 @ f:1 {}");
    expect(rows.at(-1)).toBe("unreadable f is gzip data that ends too early");
  });
});

describe("readPolicies: files met in a folder", () => {
  it.each([
    { given: "JSON of another kind", path: "d/package.json", content: '{"name":"x"}' },
    { given: "JSON Lines of another kind", path: "d/log.jsonl", content: '{"a":1}\n{"b":2}' },
    { given: "prose", path: "d/README.md", content: "# Policies\n\nWords." },
    { given: "settings that begin like a list", path: "d/config", content: "[default]\nregion = us-east-1" },
    { given: "an image", path: "d/image.png", content: Uint8Array.of(0x89, 0x50, 0, 1) },
    { given: "an empty file", path: "d/.gitkeep", content: "" },
  ])("skips $given", async ({ path, content }) => {
    write(path, content);
    write("d/policy", DOCUMENT);
    const rows = await read("d");
    expect(rows).toContain(`skipped ${path}`);
    expect(rows).toHaveLength(2);
  });

  it.each([
    { given: "broken JSON by its name", path: "d/a.json", content: "{oops", problem: "is not JSON" },
    { given: "an empty file by its name", path: "d/a.jsonl", content: "", problem: "is empty" },
    {
      given: "half a gzip by its name",
      path: "d/a.json.gz",
      content: gzipSync(DOCUMENT).subarray(0, 20),
      problem: "is gzip data that ends too early",
    },
    {
      given: "a broken document without a name",
      path: "d/policy",
      content: `${DOCUMENT.slice(0, -1)},`,
      problem: "is not JSON",
    },
  ])("does not skip $given", async ({ path, content, problem }) => {
    write(path, content);
    const rows = await read("d");
    expect(rows).toHaveLength(1);
    expect(rows[0]).toContain(`unreadable ${path}`);
    expect(rows[0]).toContain(problem);
  });

  it("reports the lines before the first policy as soon as the file has one", async () => {
    write("d/f", `{"a":1}\n{"b":2}\n${DOCUMENT}\n{"c":3}`);
    expect(await read("d")).toEqual([
      "unreadable d/f:1 has no policy",
      expect.stringContaining("document d/f @ d/f:3"),
      "unreadable d/f:4 has no policy",
    ]);
  });

  it.each([{ files: [] }, { files: ["d/README.md"] }])(
    "never reports a folder without a policy as clean: $files",
    async ({ files }) => {
      mkdirSync(join(cwd, "d"));
      for (const path of files) write(path, "words");
      expect((await read("d")).at(-1)).toBe("unreadable d has no policy");
    },
  );

  it("takes an account without policies for a clean one", async () => {
    write("d/account.json", '{"Policies":[],"RoleDetailList":[]}');
    expect(await read("d")).toEqual([]);
  });
});
