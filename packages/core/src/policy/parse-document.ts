import type { ParsedDocument } from "./document.ts";
import { duplicateKeys } from "./duplicate-keys.ts";
import type { PolicyRef } from "./policy.ts";
import { Problems } from "./problems.ts";
import { readStatements } from "./read-statements.ts";

/**
 * Reads an identity policy document from its text (plain or URL-encoded) or from its parsed JSON.
 *
 * Folds every form that IAM accepts into one: a lone statement, strings for lists. Reports every problem of an invalid
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
  const statements = readStatements(json, policy, found);
  const problems = found.list();
  if (statements === undefined) return { kind: "invalid", problems };
  return problems.length === 0
    ? { kind: "document", statements }
    : { kind: "invalid", problems, readable: statements };
}

function unreadable(message: string): ParsedDocument {
  return { kind: "invalid", problems: [{ path: "", message }] };
}

/**
 * The JSON text of a policy document: without byte order mark and outer white space, URL-decoded exactly once where
 * it is encoded, as IAM returns it from GetPolicyVersion and Get{User,Role,Group}Policy (RFC 3986: `+` is no blank).
 * A text that begins like an object is never decoded: its `%2A` is meant. `undefined` where the encoding is broken.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicyVersion.html
 */
export function decodePolicyText(text: string): string | undefined {
  const plain = trimmed(text);
  if (plain.startsWith("{") || !plain.includes("%")) return plain;
  try {
    return trimmed(decodeURIComponent(plain));
  } catch {
    return undefined;
  }
}

function trimmed(text: string): string {
  return text.replace(/^\uFEFF/, "").trim();
}
