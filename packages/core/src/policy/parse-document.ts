import { decodePolicyText } from "./decode-text.ts";
import type { ParsedDocument } from "./document.ts";
import { DocumentReading } from "./document-reading.ts";
import { duplicateKeys } from "./json-keys.ts";
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
  if (typeof input !== "string") return read(input, policy, new Problems());
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
  return read(json, policy, duplicateKeys(text));
}

function read(json: unknown, policy: PolicyRef | undefined, found: Problems): ParsedDocument {
  const statements = new DocumentReading(found).document(json, policy);
  const problems = found.list();
  if (statements === undefined) return { kind: "invalid", problems };
  return problems.length === 0
    ? { kind: "document", statements }
    : { kind: "invalid", problems, readable: statements };
}

function unreadable(message: string): ParsedDocument {
  return { kind: "invalid", problems: [{ path: "", message }] };
}
