import { decodePolicyText } from "./decode-text.ts";
import type { ParsedDocument } from "./document.ts";
import { DocumentReading } from "./document-reading.ts";
import { countKeys, duplicateKeys } from "./json-keys.ts";
import type { PolicyRef } from "./policy.ts";
import { Problems } from "./problems.ts";

/**
 * Reads an identity policy document from its text (plain or URL-encoded) or from its parsed JSON.
 *
 * Folds every form that IAM accepts into one: a lone statement, strings for lists. Reports every problem of a bad
 * document in one pass, with paths like `Statement[2].Action[0]`; what could be read of it is in `readable`.
 * Each statement carries the document's Version and the `policy` that it is of. Never throws, whatever it is given, and
 * takes time in proportion to the input.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function parseDocument(input: unknown, policy?: PolicyRef): ParsedDocument {
  if (typeof input !== "string") return read(input, policy).parsed;
  const text = decodePolicyText(input);
  if (text === undefined)
    return unreadable("the URL encoding is broken: a % is not followed by UTF-8 in hex digits");
  if (text === "") return unreadable("the document is empty");
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return unreadable(`not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const { parsed, keys } = read(json, policy);
  // Fewer keys in the value than in the text: JSON.parse has dropped some, so a key stood twice.
  if (countKeys(text) === keys) return parsed;
  const duplicates = duplicateKeys(text);
  return duplicates.list().length === 0 ? parsed : read(json, policy, duplicates).parsed;
}

function read(
  json: unknown,
  policy: PolicyRef | undefined,
  found = new Problems(),
): { parsed: ParsedDocument; keys: number } {
  const reading = new DocumentReading(found);
  const statements = reading.document(json, policy);
  const problems = reading.problems.list();
  if (problems.length === 0 && statements !== undefined) {
    return { parsed: { kind: "document", statements }, keys: reading.keys };
  }
  const readable = statements === undefined ? {} : { readable: statements };
  return { parsed: { kind: "invalid", problems, ...readable }, keys: reading.keys };
}

function unreadable(message: string): ParsedDocument {
  return { kind: "invalid", problems: [{ path: "", message }] };
}
