import { createHash } from "node:crypto";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { printable, printableJson } from "@kms-guard/core/text/untrusted.ts";
import manifest from "../../package.json" with { type: "json" };
import type { Place } from "../input/policy-input.ts";
import type { Format } from "./format.ts";
import type { Row } from "./row.ts";
import { RULES, type Rule, ruleIndexOf } from "./sarif-rules.ts";

/**
 * SARIF 2.1.0 as GitHub code scanning takes it. A clean policy is no result, with or without `--all`: code scanning
 * would raise an alert for it.
 *
 * https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 * https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
 */
export const sarif: Format = async function* (rows, { cwd }) {
  const driver = { name: "kms-guard", version: manifest.version, rules: RULES.map(reportingDescriptor) };
  const head = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
  };
  const run = {
    tool: { driver },
    columnKind: "utf16CodeUnits",
    invocations: [{ executionSuccessful: true }],
  };
  // Opened here and closed below, so that results stream in between.
  yield `${printableJson(head).slice(0, -1)},"runs":[${printableJson(run).slice(0, -1)},"results":[`;
  let count = 0;
  const seen = new Map<string, number>();
  for await (const row of rows) {
    const ruleIndex = ruleIndexOf(row.verdict);
    const rule = RULES[ruleIndex];
    if (rule === undefined) continue;
    const digest = fingerprint(row, rule);
    const occurrence = (seen.get(digest) ?? 0) + 1;
    seen.set(digest, occurrence);
    const one = {
      ...result(row, rule, ruleIndex, cwd),
      partialFingerprints: { "kmsGuardPolicyVerdict/v1": `${digest}:${occurrence}` },
    };
    yield `${count === 0 ? "" : ","}\n${printableJson(one)}`;
    count += 1;
  }
  yield "\n]}]}\n";
};

function reportingDescriptor(rule: Rule) {
  return {
    id: rule.id,
    name: rule.name,
    shortDescription: { text: rule.short },
    fullDescription: { text: rule.full },
    help: { text: `${rule.full} ${rule.cure}`, markdown: `${rule.full}\n\n**What to do:** ${rule.cure}` },
    defaultConfiguration: { level: rule.level },
    properties: {
      tags: ["security", "aws", "iam", "kms"],
      precision: "very-high",
      "security-severity": rule.securitySeverity,
    },
  };
}

function result(row: Row, rule: Rule, ruleIndex: number, cwd: string) {
  return {
    ruleId: rule.id,
    ruleIndex,
    level: rule.level,
    message: { text: messageOf(row) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: artifactLocation(row.place, cwd),
          // GitHub asks for a line; a document that is a file of its own begins at its first.
          region: { startLine: row.place.line ?? 1 },
        },
        logicalLocations: [{ fullyQualifiedName: row.id }],
      },
    ],
  };
}

function messageOf({ id, verdict }: Row): string {
  const proof = verdict.evidence
    .filter((evidence) => evidence.counts)
    .map(({ path, sid, contributes }) => `${path}${sid ? ` (${sid})` : ""}: ${contributes}`);
  return [`${id}: ${verdict.reason}`, ...proof].map(plain).join("\n");
}

/** Untrusted text in a SARIF message: `[text](target)` would become a link. */
function plain(text: string): string {
  return printable(text).replaceAll("](", "] (");
}

/** Relative to the folder of the scan, which is the checkout's in a pipeline; an absolute URI for files elsewhere. */
function artifactLocation({ path }: Place, cwd: string) {
  if (path === "-") return { uri: "stdin" };
  const absolute = resolve(cwd, path);
  const inside = relative(cwd, absolute);
  if (inside === "" || isAbsolute(inside) || inside.split(sep)[0] === "..") {
    return { uri: pathToFileURL(absolute).href };
  }
  return { uri: inside.toWellFormed().split(sep).map(encodeURIComponent).join("/"), uriBaseId: "%SRCROOT%" };
}

/** The same for the same policy in the same file, wherever in it: so an alert stays one when lines move. */
function fingerprint({ id, place }: Row, rule: Rule): string {
  return createHash("sha256").update(`${rule.id}\n${place.path}\n${id}`).digest("hex");
}
