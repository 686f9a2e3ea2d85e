import { createHash } from "node:crypto";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";
import type { Verdict, ViolationName } from "@kms-guard/core/evaluate/verdict.ts";
import { printable, printableJson } from "@kms-guard/core/text/untrusted.ts";
import type { ArtifactLocation, Log, PropertyBag, ReportingDescriptor, Result, Run } from "sarif";
import manifest from "../../package.json" with { type: "json" };
import type { Place } from "../input/policy-input.ts";
import type { Format, Row } from "./formats.ts";

/**
 * SARIF 2.1.0 for GitHub code scanning. A clean policy is never a result, even with `--all`: code scanning would raise
 * an alert for it.
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
  // The text ends inside `results`, so that results stream; it is closed below.
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
    help: { text: `${rule.full} ${rule.fix}`, markdown: `${rule.full}\n\n**What to do:** ${rule.fix}` },
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
          // GitHub needs a line; a document that is a whole file starts at line 1.
          region: { startLine: row.place.line ?? 1 },
        },
        logicalLocations: [{ fullyQualifiedName: row.id }],
      },
    ],
    properties: propertiesOf(row),
  };
}

/** The severity of this result: that of the rule is the same for all. */
function propertiesOf({ verdict: { severity, share }, assumed = {} }: Row): PropertyBag {
  return {
    severity,
    ...(share !== undefined && { share }),
    ...(Object.keys(assumed).length > 0 && { assumed }),
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

/** Relative to the working folder, which is the checkout in a pipeline; an absolute URI for files elsewhere. */
function artifactLocation({ path }: Place, cwd: string): ArtifactLocation {
  if (path === "-") return { uri: "stdin" };
  const absolute = resolve(cwd, path);
  const inside = relative(cwd, absolute);
  if (inside === "" || isAbsolute(inside) || inside.split(sep)[0] === "..") {
    return { uri: pathToFileURL(absolute).href };
  }
  return { uri: inside.toWellFormed().split(sep).map(encodeURIComponent).join("/"), uriBaseId: "%SRCROOT%" };
}

/** Stays the same when the policy moves to another line of its file, so that GitHub keeps one alert. */
function fingerprint({ id, place }: Row, rule: Rule): string {
  return createHash("sha256").update(`${rule.id}\n${place.path}\n${id}`).digest("hex");
}

/** A SARIF rule: its name, its severity and what to do about a result. */
interface Rule {
  readonly id: string;
  readonly name: string;
  readonly level: "error" | "warning" | "note";
  /** GitHub code scanning: over 9.0 is critical, from 7.0 high, from 4.0 medium. */
  readonly securitySeverity: string;
  readonly short: string;
  readonly full: string;
  readonly fix: string;
}

const NARROW =
  "Name the actions that are needed and the key ARNs they are needed on; leave key administration to key administrators.";

const VACUOUS = "vacuous-conditional-full";

/** Worst first. */
const RULE_OF: Readonly<Record<ViolationName | typeof VACUOUS, Omit<Rule, "id">>> = {
  full: {
    name: "FullKmsAccess",
    level: "error",
    securitySeverity: "9.8",
    short: "Grants every KMS action on every key",
    full: "The policy allows every AWS KMS action on every key, without a condition: decrypting, sharing and deleting.",
    fix: NARROW,
  },
  "near-full": {
    name: "NearFullKmsAccess",
    level: "error",
    securitySeverity: "9.5",
    short: "Grants reading, handing over and destroying most KMS keys in the account",
    full: "The policy allows, on at least half of the keys in every Region, to read what they protect, to hand them over and to destroy them; what is missing does not prevent that.",
    fix: NARROW,
  },
  [VACUOUS]: {
    name: "VacuouslyConditionalFullKmsAccess",
    level: "error",
    securitySeverity: "9.5",
    short: "Grants full KMS access under a condition that is always true",
    full: "The policy allows full access to AWS KMS under conditions that are all always true.",
    fix: `The condition protects nothing. ${NARROW}`,
  },
  "conditional-full": {
    name: "ConditionalFullKmsAccess",
    level: "warning",
    securitySeverity: "7.5",
    short: "Grants full KMS access under a condition",
    full: "The policy allows full access to AWS KMS to requests that meet its conditions.",
    fix: `Check that the condition is strict enough. ${NARROW}`,
  },
  escalation: {
    name: "KmsEscalation",
    level: "warning",
    securitySeverity: "7.5",
    short: "Allows a principal to give itself the KMS rights that it lacks",
    full: "The policy allows to change the key policies or to create grants of most keys, or has conditions that the principal can make true itself.",
    fix: "Leave kms:PutKeyPolicy and kms:CreateGrant on all keys, and what makes conditions true, to key administrators.",
  },
  "scoped-full": {
    name: "ScopedFullKmsAccess",
    level: "warning",
    securitySeverity: "5.5",
    short: "Grants full rights on some KMS keys, or part of them on most",
    full: "The policy allows every key action of AWS KMS, or reading, handing over and destroying, but only on some keys; or two of these three on most keys.",
    fix: "Check that its principals have to administer these keys, not only use them.",
  },
  invalid: {
    name: "PolicyNotEvaluated",
    level: "warning",
    securitySeverity: "7.0",
    short: "Cannot be evaluated",
    full: "The policy cannot be read or is not a valid IAM policy, so its grants are unknown.",
    fix: "Repair the file, then scan again.",
  },
};

/** The results' `ruleIndex` is the index here. */
const RULES: readonly Rule[] = Object.entries(RULE_OF).map(([name, rule]) => ({
  id: `kms-guard/${name}`,
  ...rule,
}));

/** The index in RULES of the rule that a verdict breaks, or -1 for `none`. */
function ruleIndexOf({ name, vacuous }: Verdict): number {
  return Object.keys(RULE_OF).indexOf(vacuous ? VACUOUS : name);
}
