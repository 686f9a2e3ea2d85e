import { KMS } from "@kms-guard/core/services/kms.ts";
import type { WrittenDocument, WrittenStatement } from "./policy-documents.ts";

/** Glob matching by its definition, one table row for each character of the pattern: slow and plain. */
export function naiveMatch(pattern: string, text: string): boolean {
  let row = Array.from({ length: text.length + 1 }, (_, length) => length === 0);
  for (const wanted of pattern) {
    const next: boolean[] = [];
    for (let length = 0; length <= text.length; length += 1) {
      const before = length > 0 && row[length - 1] === true;
      if (wanted === "*") next.push(row[length] === true || (length > 0 && next[length - 1] === true));
      else next.push(before && (wanted === "?" || wanted === text[length - 1]));
    }
    row = next;
  }
  return row[text.length] === true;
}

const NAMES = KMS.actions.map(({ name }) => name);

/** The names of the catalogue that an action pattern matches, remembered: looking is slow. */
export function naiveActions(pattern: string): readonly string[] {
  const known = seen.get(pattern) ?? lookAtEach(pattern);
  seen.set(pattern, known);
  return known;
}

const seen = new Map<string, readonly string[]>();

/** `*`, or a prefix without wildcards and a name. */
function lookAtEach(pattern: string): readonly string[] {
  if (/^\*+$/.test(pattern)) return NAMES;
  const lower = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  if (!lower(pattern).startsWith("kms:")) return [];
  return NAMES.filter((name) => naiveMatch(lower(pattern), lower(`kms:${name}`)));
}

/** Whether a resource pattern matches a key, in the two readings of a short ARN. */
function readings(pattern: string, version: string, key: string): boolean[] {
  if (pattern.includes("${")) {
    const known = pattern.replace("${aws:PrincipalAccount}", "111122223333");
    const matches = version === "2012-10-17" && !known.includes("${") && naiveMatch(known, key);
    // It may match, never for certain.
    return [matches, false];
  }
  const missing = 6 - pattern.split(":").length;
  const filled = missing > 0 && !/^\*+$/.test(pattern) ? pattern + ":*".repeat(missing) : pattern;
  return [naiveMatch(pattern, key), naiveMatch(filled, key)];
}

function applies(statement: WrittenStatement, version: string, key: string): boolean {
  const isAllow = statement.Effect === "Allow";
  const maybe = (pattern: string) => readings(pattern, version, key).includes(true);
  const surely = (pattern: string) => !readings(pattern, version, key).includes(false);
  if (statement.Resource !== undefined) return statement.Resource.some(isAllow ? maybe : surely);
  return !(statement.NotResource ?? []).some(isAllow ? surely : maybe);
}

/** Of the conditions that the documents have, this one protects nothing, and makes a Deny one without a condition. */
function alwaysHolds({ Condition }: WrittenStatement): boolean {
  return Condition?.Bool?.["aws:SecureTransport"] === "true" && Object.keys(Condition).length === 1;
}

/** The actions that a document grants on one key; with its conditional Allows counted or not. */
export function naiveGrants(document: WrittenDocument, key: string, countConditional: boolean): Set<string> {
  const granted = new Set<string>();
  const denied = new Set<string>();
  for (const statement of document.Statement) {
    const isConditional = Object.values(statement.Condition ?? {}).some(
      (keys) => Object.keys(keys).length > 0,
    );
    const isDeny = statement.Effect === "Deny";
    if (isConditional && (isDeny ? !alwaysHolds(statement) : !countConditional)) continue;
    if (!applies(statement, document.Version, key)) continue;
    const listed = new Set((statement.Action ?? statement.NotAction ?? []).flatMap(naiveActions));
    for (const name of NAMES) {
      if (listed.has(name) !== (statement.Action !== undefined)) continue;
      (statement.Effect === "Allow" ? granted : denied).add(name);
    }
  }
  return new Set([...granted].filter((name) => !denied.has(name)));
}
