import { createHash } from "node:crypto";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";
import type { Verdict, VerdictName } from "@kms-guard/core/evaluate/verdict.ts";
import { printable, printableJson } from "@kms-guard/core/text/untrusted.ts";
import type { ArtifactLocation, Log, ReportingDescriptor, Result, Run } from "sarif";
import manifest from "../../package.json" with { type: "json" };
import type { Place } from "../input/policy-input.ts";
import type { Format, Row } from "./formats.ts";

/**
 * SARIF 2.1.0 as GitHub code scanning takes it. A clean policy is no result, with or without `--all`: code scanning
 * would raise an alert for it.
 *
 * https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 * https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
 */
export const sarif: Format = async function* (rows, { cwd }) {
  const driver = { name: "kms-guard", version: manifest.version, rules: RULES.map(reportingDescriptor) };
  const head: Omit<Log, "runs"> = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
  };
  const run: Omit<Run, "results"> = {
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
    const one: Result = {
      ...result(row, rule, ruleIndex, cwd),
      partialFingerprints: { "kmsGuardPolicyVerdict/v1": `${digest}:${occurrence}` },
    };
    yield `${count === 0 ? "" : ","}\n${printableJson(one)}`;
    count += 1;
  }
  yield "\n]}]}\n";
};

function reportingDescriptor(rule: Rule): ReportingDescriptor {
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

function result(row: Row, rule: Rule, ruleIndex: number, cwd: string): Result {
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
function artifactLocation({ path }: Place, cwd: string): ArtifactLocation {
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

/** One kind of result in SARIF: what it is called, how bad it is and what to do about it. */
interface Rule {
  readonly id: string;
  readonly name: string;
  readonly level: "error" | "warning" | "note";
  /** GitHub code scanning reads: over 9.0 critical, from 7.0 high, from 4.0 medium. */
  readonly securitySeverity: string;
  readonly short: string;
  readonly full: string;
  readonly cure: string;
}

const NARROW =
  "Name the actions that are needed and the key ARNs they are needed on; leave key administration to key administrators.";

/** Worst first; the order is the results' `ruleIndex`. */
const RULES: readonly Rule[] = [
  {
    id: "kms-guard/full",
    name: "FullKmsAccess",
    level: "error",
    securitySeverity: "9.8",
    short: "Grants every KMS action on every key",
    full: "The policy allows every AWS KMS action on any key without a condition: read, hand over and destroy.",
    cure: NARROW,
  },
  {
    id: "kms-guard/near-full",
    name: "NearFullKmsAccess",
    level: "error",
    securitySeverity: "9.5",
    short: "Grants what matters of KMS on every key of the account",
    full: "The policy allows decrypting with, granting, re-policing and deleting every key of the account; only lesser actions are missing.",
    cure: NARROW,
  },
  {
    id: "kms-guard/vacuous-conditional-full",
    name: "VacuouslyConditionalFullKmsAccess",
    level: "error",
    securitySeverity: "9.5",
    short: "Grants full KMS access under a condition that always holds",
    full: "The policy allows full access to AWS KMS under conditions, every one of which is always true.",
    cure: `The condition protects nothing. ${NARROW}`,
  },
  {
    id: "kms-guard/conditional-full",
    name: "ConditionalFullKmsAccess",
    level: "warning",
    securitySeverity: "7.5",
    short: "Grants full KMS access under a condition",
    full: "The policy allows full access to AWS KMS for requests that meet its conditions.",
    cure: `Check that the condition is as strict as it is meant to be. ${NARROW}`,
  },
  {
    id: "kms-guard/scoped-full",
    name: "ScopedFullKmsAccess",
    level: "warning",
    securitySeverity: "5.5",
    short: "Grants every action on some KMS keys",
    full: "The policy allows every key action of AWS KMS, though only on some keys.",
    cure: "Check that whoever holds it has to administer these keys, not only to use them.",
  },
  {
    id: "kms-guard/invalid",
    name: "PolicyNotEvaluated",
    level: "warning",
    securitySeverity: "7.0",
    short: "Cannot be evaluated",
    full: "The policy could not be read or is no valid IAM policy, so what it grants is unknown.",
    cure: "Repair the file, then scan again.",
  },
];

/** Which rule a verdict breaks: the index in RULES, or -1 for `none`. */
function ruleIndexOf(verdict: Verdict): number {
  const suffix: VerdictName | "vacuous-conditional-full" = verdict.vacuous
    ? "vacuous-conditional-full"
    : verdict.name;
  return RULES.findIndex((rule) => rule.id === `kms-guard/${suffix}`);
}
