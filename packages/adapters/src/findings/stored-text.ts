import { createHash } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";

/** Shorter than this, text stays text, which a person can read in the console. In bytes. */
const PLAIN_BYTES = 32 * 1024;
/** Two of these and the rest of an item stay under DynamoDB's 400 KB an item. In bytes, compressed. */
const INLINE_BYTES = 150 * 1024;
/** One of these and its keys stay under 400 KB. In bytes, compressed. */
const PART_BYTES = 380 * 1024;

const PART = "PART#";

/** A text as DynamoDB takes it, and the parts that have to be written before the item that refers to them. */
export interface StoredText {
  readonly attribute: AttributeValue;
  readonly parts: readonly { readonly sortKey: string; readonly bytes: Uint8Array }[];
}

/**
 * Text of any length for an attribute of an item: as it is, or gzipped, or in parts beside the item. Nothing is lost:
 * a restore depends on every byte. Parts are named after what they hold, so that two writers never mix theirs.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html#limits-items
 */
export function storeText(text: string): StoredText {
  if (Buffer.byteLength(text) <= PLAIN_BYTES) return { attribute: { S: text }, parts: [] };
  const bytes = gzipSync(text);
  if (bytes.length <= INLINE_BYTES) return { attribute: { B: bytes }, parts: [] };
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const parts = Array.from({ length: Math.ceil(bytes.length / PART_BYTES) }, (_, index) => ({
    sortKey: partKey(sha256, index),
    bytes: bytes.subarray(index * PART_BYTES, (index + 1) * PART_BYTES),
  }));
  return { attribute: { M: { sha256: { S: sha256 }, parts: { N: String(parts.length) } } }, parts };
}

/** The text again; `part` finds a part by its sort key. Throws where the attribute is none of ours or a part is gone. */
export function readText(
  attribute: AttributeValue | undefined,
  part: (sortKey: string) => Uint8Array | undefined,
): string {
  if (attribute?.S !== undefined) return attribute.S;
  if (attribute?.B !== undefined) return gunzipSync(attribute.B).toString();
  const sha256 = attribute?.M?.sha256?.S;
  const count = Number(attribute?.M?.parts?.N);
  if (sha256 === undefined || !Number.isSafeInteger(count)) throw new Error("it holds no text");
  const parts = Array.from({ length: count }, (_, index) => {
    const bytes = part(partKey(sha256, index));
    if (bytes === undefined) throw new Error(`part ${index + 1} of ${count} is missing`);
    return bytes;
  });
  return gunzipSync(Buffer.concat(parts)).toString();
}

function partKey(sha256: string, index: number): string {
  return `${PART}${sha256}#${String(index).padStart(5, "0")}`;
}
