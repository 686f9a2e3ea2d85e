import { decodePolicyText } from "./decode-text.ts";
import type { ParsedDocument, Problem } from "./document.ts";
import { DocumentReading } from "./document-reading.ts";
import { countKeys, duplicateKeys } from "./json-keys.ts";

/**
 * Reads an identity policy document from its text (plain or URL-encoded) or from its parsed JSON.
 *
 * Folds every form that IAM accepts into one: a lone statement, strings for lists. Reports every problem of a bad
 * document in one pass, with paths like `Statement[2].Action[0]`; what could be read of it is in `readable`.
 * Never throws, whatever it is given, and takes time in proportion to the input.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function parseDocument(input: unknown): ParsedDocument {
  if (typeof input !== "string") return read(new DocumentReading(), input, []);
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
  const reading = new DocumentReading();
  const parsed = read(reading, json, []);
  // Fewer keys in the value than in the text: JSON.parse has dropped some, so a key stood twice.
  if (countKeys(text) === reading.keys) return parsed;
  const duplicates = duplicateKeys(text);
  return duplicates.length === 0 ? parsed : read(new DocumentReading(), json, duplicates);
}

function read(reading: DocumentReading, json: unknown, found: readonly Problem[]): ParsedDocument {
  const document = reading.document(json);
  const problems = [...found, ...reading.problems];
  if (problems.length === 0 && document !== undefined) {
    return { kind: "document", document: { ...document, notes: capped(reading.notes) } };
  }
  const readable = document === undefined ? {} : { readable: { ...document, notes: capped(reading.notes) } };
  return { kind: "invalid", problems: capped(problems), ...readable };
}

function unreadable(message: string): ParsedDocument {
  return { kind: "invalid", problems: [{ path: "", message }] };
}

const MOST_PROBLEMS = 100;

function capped(problems: readonly Problem[]): readonly Problem[] {
  if (problems.length <= MOST_PROBLEMS) return problems;
  const more = problems.length - MOST_PROBLEMS;
  return [...problems.slice(0, MOST_PROBLEMS), { path: "", message: `and ${more} more problems` }];
}
