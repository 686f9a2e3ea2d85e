import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { gathered, memoryIo } from "../io/memory-io.fixture.ts";
import { readArchive } from "./read-archive.ts";

const A = { eventID: "a", eventSource: "iam.amazonaws.com", eventName: "CreatePolicy" };
const B = { eventID: "b", eventSource: "kms.amazonaws.com", eventName: "Decrypt" };
const LOG = JSON.stringify({ Records: [A, B] });
const LINES = `${JSON.stringify(A)}\n${JSON.stringify(B)}\n`;

let cwd: string;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "kms-guard-archive-"));
});

afterEach(() => {
  rmSync(cwd, { recursive: true });
});

function put(path: string, content: string | Uint8Array): void {
  mkdirSync(join(cwd, path, ".."), { recursive: true });
  writeFileSync(join(cwd, path), content);
}

/** What is read, in short: `a.json Records[0] a` for the record with that id, or the problem in its place. */
async function read(...paths: readonly string[]): Promise<string[]> {
  const inputs = await gathered(readArchive(paths, memoryIo({ cwd })));
  return inputs.flatMap((input) => {
    if (input.kind === "file") return [];
    const { path, line, at } = input.place;
    const place = [line === undefined ? path : `${path}:${line}`, ...(at === undefined ? [] : [at])].join(
      " ",
    );
    if (input.kind !== "record") return [`${place} ${input.kind}: ${input.problem}`];
    return [`${place} ${JSON.stringify(input.record).slice(12, 13)}`];
  });
}

describe("readArchive", () => {
  it.each([
    { given: "as it is", content: LOG },
    { given: "as CloudTrail packs it", content: gzipSync(LOG) },
    { given: "laid out over lines", content: JSON.stringify({ Records: [A, B] }, undefined, 2) },
  ])("reads a log file $given", async ({ content }) => {
    put("log", content);
    expect(await read("log")).toEqual(["log Records[0] a", "log Records[1] b"]);
  });

  it.each([
    { given: "as they are", content: LINES },
    { given: "packed", content: gzipSync(LINES) },
    { given: "with blank lines and Windows' line ends", content: LINES.replaceAll("\n", "\r\n\r\n") },
  ])("reads JSON Lines $given", async ({ content }) => {
    put("lines", content);
    expect((await read("lines")).map((problem) => problem.slice(-1))).toEqual(["a", "b"]);
  });

  it("reads folders of any depth, and skips what is somebody else's", async () => {
    put("AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/02/a.json.gz", gzipSync(LOG));
    put(
      "AWSLogs/111122223333/CloudTrail-Digest/us-east-1/d.json.gz",
      gzipSync('{"awsAccountId":"111122223333"}'),
    );
    put("AWSLogs/notes.txt", "remember the milk");
    expect(await read("AWSLogs")).toEqual([
      "AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/02/a.json.gz Records[0] a",
      "AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/02/a.json.gz Records[1] b",
    ]);
  });

  it("goes on after a line that is broken, and after one that is not a record", async () => {
    put("lines.jsonl", `${JSON.stringify(A)}\n{"eventID":\n42\n{"foo":1}\n${JSON.stringify(B)}\n`);
    const [first, ...rest] = await read("lines.jsonl");
    expect(first).toBe("lines.jsonl:1 a");
    expect(rest[0]).toMatch(/^lines\.jsonl:2 broken-record: is not JSON: /);
    expect(rest.slice(1)).toEqual([
      "lines.jsonl:3 broken-record: is not a CloudTrail record",
      "lines.jsonl:4 broken-record: is not a CloudTrail record",
      "lines.jsonl:5 b",
    ]);
  });

  it("goes on with the next file after one that is damaged", async () => {
    put("half.json.gz", gzipSync(LOG).subarray(0, 40));
    put("whole.json.gz", gzipSync(LOG));
    expect(await read("half.json.gz", "whole.json.gz")).toEqual([
      "half.json.gz unreadable: is gzip data that ends too early",
      "whole.json.gz Records[0] a",
      "whole.json.gz Records[1] b",
    ]);
  });

  it("reads the records of a log file that come before its damage", async () => {
    const many = Array.from({ length: 2_000 }, (_, index) => ({ ...A, requestID: `${index * 7919}` }));
    const packed = gzipSync(JSON.stringify({ Records: many }));
    put("half.json.gz", packed.subarray(0, packed.length / 2));
    const problem = await read("half.json.gz");
    expect(problem[0]).toBe("half.json.gz Records[0] a");
    expect(problem.length).toBeGreaterThan(100);
    expect(problem.at(-1)).toBe("half.json.gz unreadable: is gzip data that ends too early");
  });

  it("reads nothing after a record of a log file that is no JSON: it may be a part of it", async () => {
    put("log.json", `{"Records":[${JSON.stringify(A)},{"eventID":b},${JSON.stringify(B)}]}`);
    expect(await read("log.json")).toEqual([
      "log.json Records[0] a",
      expect.stringMatching(
        /^log\.json Records\[1\] broken-record: is not JSON: .*; what follows in the file was not read$/,
      ),
    ]);
  });

  it.each([
    { given: "a file that is not there", path: "nope.json", problem: "does not exist" },
    { given: "an empty file", path: "empty", problem: "is empty" },
    { given: "a file of something else", path: "policy.json", problem: "has no CloudTrail record" },
    { given: "a folder of something else", path: "other", problem: "has no CloudTrail record" },
    { given: "binary data", path: "image", problem: "is not text but binary data" },
  ])("reports $given", async ({ path, problem }) => {
    put("empty", "");
    put("policy.json", '{"Version":"2012-10-17","Statement":[]}');
    put("other/package.json", '{"name":"x"}');
    put("image", Uint8Array.of(0, 1, 2));
    expect(await read(path)).toEqual([expect.stringContaining(`${path} unreadable: ${problem}`)]);
  });

  it("reports a broken file that it meets in a folder, if its name says JSON", async () => {
    put("logs/a.json", LOG);
    put("logs/b.json.gz", gzipSync(LOG).subarray(0, 40));
    put("logs/c.json", "{");
    expect((await read("logs")).slice(2)).toEqual([
      "logs/b.json.gz unreadable: is gzip data that ends too early",
      expect.stringMatching(/^logs\/c\.json:1 broken-record: is not JSON/),
    ]);
  });

  it("does not hide a line of another kind before the first record", async () => {
    put("logs/a.jsonl", `{"foo":1}\n${JSON.stringify(A)}\n`);
    expect(await read("logs")).toEqual([
      "logs/a.jsonl:1 broken-record: is not a CloudTrail record, and there may be more such lines before the first record",
      "logs/a.jsonl:2 a",
    ]);
  });
});
