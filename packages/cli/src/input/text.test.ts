import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { textOf } from "./text.ts";

async function* chunks(...parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
}

async function read(...parts: readonly Uint8Array[]): Promise<string> {
  let text = "";
  for await (const piece of textOf(chunks(...parts))) text += piece;
  return text;
}

/** Every byte a chunk of its own: the hardest way a pipe can deliver. */
const inBytes = (bytes: Uint8Array): Uint8Array[] => [...bytes].map((byte) => Uint8Array.of(byte));

/** Gzip whose last eight bytes, checksum and length, are zeroes. */
const wrongChecksum = Buffer.concat([gzipSync("kms").subarray(0, -8), Buffer.alloc(8)]);

describe("textOf", () => {
  it.each([
    { given: "UTF-8", bytes: Buffer.from("kéy 🔑") },
    { given: "UTF-8 with a byte order mark", bytes: Buffer.from("\ufeffkéy 🔑") },
    { given: "UTF-16, as Windows PowerShell writes it", bytes: Buffer.from("\ufeffkéy 🔑", "utf16le") },
    { given: "big-endian UTF-16", bytes: Buffer.from("\ufeffkéy 🔑", "utf16le").swap16() },
    { given: "gzip", bytes: gzipSync("kéy 🔑") },
    {
      given: "gzip members one after the other",
      bytes: Buffer.concat([gzipSync("kéy "), gzipSync("🔑")]),
    },
    { given: "gzipped UTF-16", bytes: gzipSync(Buffer.from("\ufeffkéy 🔑", "utf16le")) },
  ])("reads $given, in one piece or byte by byte", async ({ bytes }) => {
    expect(await read(bytes)).toBe("kéy 🔑");
    expect(await read(...inBytes(bytes))).toBe("kéy 🔑");
  });

  it.each([
    { given: "nothing", bytes: Buffer.alloc(0), text: "" },
    { given: "one byte", bytes: Buffer.from("{"), text: "{" },
    { given: "gzipped nothing", bytes: gzipSync(""), text: "" },
  ])("reads $given", async ({ bytes, text }) => {
    expect(await read(bytes)).toBe(text);
  });

  it.each([
    {
      given: "half a gzip",
      bytes: gzipSync("kms".repeat(1000)).subarray(0, 20),
      problem: "unexpected end of file",
    },
    {
      given: "the two magic bytes alone",
      bytes: Uint8Array.of(0x1f, 0x8b),
      problem: "unexpected end of file",
    },
    {
      given: "gzip with a wrong checksum",
      bytes: wrongChecksum,
      problem: "incorrect data check",
    },
    {
      given: "a byte that is no UTF-8",
      bytes: Uint8Array.of(0x7b, 0xff, 0x7d),
      problem: "is not UTF-8 text",
    },
    {
      given: "UTF-8 that ends within a character",
      bytes: Uint8Array.of(0x7b, 0xe2, 0x82),
      problem: "is not UTF-8 text",
    },
    { given: "zero bytes", bytes: Buffer.from("{\0}"), problem: "is not text but binary data" },
    { given: "binary data in gzip", bytes: gzipSync("a\0b"), problem: "is not text but binary data" },
  ])("refuses $given", async ({ bytes, problem }) => {
    await expect(read(bytes)).rejects.toThrow(problem);
    await expect(read(...inBytes(bytes))).rejects.toThrow(problem);
  });

  it("closes its source when the reader has seen enough", async () => {
    let isClosed = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield Buffer.from("more ");
      } finally {
        isClosed = true;
      }
    }
    for await (const piece of textOf(endless())) {
      expect(piece).toBe("more ");
      break;
    }
    expect(isClosed).toBe(true);
  });
});
