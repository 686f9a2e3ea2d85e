import type { Document, ParsedDocument, Problem } from "../policy/document.ts";
import type { Account } from "../policy/policy.ts";
import { KMS } from "../services/kms.ts";
import {
  type ActionCatalogue,
  type ActionSet,
  actionCatalogue,
  actionNames,
  namedActions,
} from "./action-set.ts";
import {
  allowedSomewhere,
  atMost,
  type Claim,
  type Coverage,
  claimsOf,
  coverageOf,
  type Granted,
  type Proviso,
} from "./coverage.ts";
import { evidenceOf } from "./evidence.ts";
import { globsOf, neededGlobs, withWidest } from "./globs-of.ts";
import type { Verdict, VerdictName } from "./verdict.ts";

const CATALOGUE = actionCatalogue(KMS);

/**
 * What a document grants of AWS KMS in this account, with proof: the first verdict that holds of `full`,
 * `near-full`, `conditional-full`, `scoped-full`, `none`; `invalid` where the document has problems. Judges this one
 * identity policy: key policies, grants, boundaries and organization policies may still block or add.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function evaluate(parsed: ParsedDocument, account: Account): Verdict {
  if (parsed.kind === "invalid") {
    const { problems, readable } = parsed;
    return invalid(problems, readable === undefined ? undefined : judge(readable, account));
  }
  const verdict = judge(parsed.document, account);
  if (verdict.name !== "none") return verdict;
  const unplaced = parsed.document.statements.find(
    ({ effect, actions, resources }) =>
      effect === "Allow" && resources.patterns.length === 0 && namedActions(actions, CATALOGUE) !== 0n,
  );
  if (unplaced === undefined) return verdict;
  return invalid([
    { path: unplaced.path, message: "allows KMS actions and has neither Resource nor NotResource" },
  ]);
}

function judge(document: Document, account: Account): Verdict {
  const allowed = allowedSomewhere(document, CATALOGUE);
  if (allowed === 0n) return none("no statement allows a KMS action");
  if ((allowed & CATALOGUE.core) !== CATALOGUE.core)
    return none("allows some KMS actions, not those that amount to full rights");
  const claims = claimsOf(document, account, CATALOGUE);
  const globs = globsOf(claims);
  const coverage = coverageOf(claims, globs, account, CATALOGUE);
  if (coverage !== undefined) return verdictOn(coverage, claims, document, account);
  const certain = certainOf(claims, globs, document, account);
  if (certain !== undefined && ON_EVERY_KEY.has(certain.name)) return certain;
  if ((atMost(claims) & CATALOGUE.core) !== CATALOGUE.core) return none(NOT_ENOUGH);
  const proof =
    certain?.name === "scoped-full" ? certain.evidence : evidenceOf(document, claims, account, CATALOGUE);
  return invalid([TANGLED], certain, proof);
}

/** What is granted whatever the patterns do that are too tangled to weigh: it may be enough to act on. */
function certainOf(
  claims: readonly Claim[],
  globs: ReadonlySet<string>,
  document: Document,
  account: Account,
): Verdict | undefined {
  const needed = neededGlobs(claims);
  if (needed.size === globs.size) return undefined;
  const weighed = (few: ReadonlySet<string>) => coverageOf(claims, few, account, CATALOGUE, LESS_WORK);
  const coverage = weighed(withWidest(needed, globs)) ?? weighed(needed);
  return coverage && verdictOn(coverage, claims, document, account);
}

const LESS_WORK = 200;

const ON_EVERY_KEY: ReadonlySet<VerdictName> = new Set(["full", "near-full", "conditional-full"]);
const NOT_ENOUGH = "what it allows and does not deny never amounts to full rights on a key";
const TANGLED: Problem = {
  path: "",
  message: "its resource patterns are too many and too tangled to be weighed",
};

function verdictOn(
  coverage: Coverage,
  claims: readonly Claim[],
  document: Document,
  account: Account,
): Verdict {
  const proof = () => evidenceOf(document, claims, account, CATALOGUE);
  const plain = rankOf(coverage.granted("none"));
  if (plain === "full") {
    const reason = `allows all ${KMS.actions.length} KMS actions on every key, without a condition`;
    return {
      name: "full",
      vacuous: false,
      severity: "CRITICAL",
      reason,
      evidence: proof(),
      missingActions: [],
    };
  }
  if (plain === "near-full") {
    const missingActions = missing(coverage.granted("none"));
    const reason = `allows every core KMS action on every key of the account, ${lacking(missingActions)}`;
    return {
      name: "near-full",
      vacuous: false,
      severity: "CRITICAL",
      reason,
      evidence: proof(),
      missingActions,
    };
  }
  const conditional = rankOf(coverage.granted("sometimes"));
  if (conditional !== undefined) {
    const vacuous = rankOf(coverage.granted("always")) !== undefined;
    const holds = vacuous ? "under conditions that are always true" : `when ${conditionsOf(claims)}`;
    return {
      name: "conditional-full",
      vacuous,
      severity: vacuous ? "CRITICAL" : "HIGH",
      reason: `allows ${conditional === "full" ? "all KMS actions" : "every core KMS action"} on every key ${holds}`,
      evidence: proof(),
      missingActions: missing(coverage.granted(vacuous ? "always" : "sometimes")),
    };
  }
  const scoped = (reason: string): Verdict => ({
    name: "scoped-full",
    vacuous: false,
    severity: "MEDIUM",
    reason,
    evidence: proof(),
    missingActions: [],
  });
  const key = coverage.fullyGrantedKey();
  if (typeof key !== "string")
    return scoped(`allows every key action, on some keys only, such as ${key.arn}`);
  // Not every action, not on every key, not always: each hole alone would be spoken of, so several are too.
  const most = coverage.oneOfMostKeys("always");
  if (most !== undefined) return scoped(`allows every core KMS action on most keys, such as ${most}`);
  if (coverage.oneOfMostKeys("sometimes") !== undefined) {
    return scoped(`allows every core KMS action on most keys when ${conditionsOf(claims)}`);
  }
  if (key === "unknown") return invalid([TANGLED], undefined, proof());
  return none(NOT_ENOUGH);
}

function none(reason: string): Verdict {
  return { name: "none", vacuous: false, reason, evidence: [], missingActions: [] };
}

function invalid(
  problems: readonly Problem[],
  readable?: Verdict,
  evidence = readable?.evidence ?? [],
): Verdict {
  const named = problems.slice(0, NAMED_PROBLEMS).map(inWords).join("; ");
  const unnamed = problems.length - NAMED_PROBLEMS;
  const more = unnamed > 0 ? ` (and ${unnamed} more problem${unnamed === 1 ? "" : "s"})` : "";
  const rest =
    readable === undefined || readable.name === "none"
      ? ""
      : `; as far as it can be read it is ${readable.name}`;
  return {
    name: "invalid",
    vacuous: false,
    severity: "HIGH",
    reason: `cannot be evaluated: ${named}${more}${rest}`,
    evidence,
    missingActions: [],
    problems,
  };
}

/** So many problems the reason names: it is one sentence, and goes into alerts. */
export const NAMED_PROBLEMS = 8;

function inWords({ path, message }: Problem): string {
  return path === "" ? message : `${path}: ${message}`;
}

function rankOf({ onOwnKeys, onForeignKeys, onAliases, onStar }: Granted): "full" | "near-full" | undefined {
  const { core, onKeys, onAliases: takeAlias, onStar: takeStar } = CATALOGUE;
  const holdsAll = (granted: ActionSet, wanted: ActionSet) => (granted & wanted) === wanted;
  if (!holdsAll(onOwnKeys, core)) return undefined;
  return holdsAll(onOwnKeys & onForeignKeys, onKeys) &&
    holdsAll(onStar, takeStar) &&
    holdsAll(onAliases(), takeAlias)
    ? "full"
    : "near-full";
}

function missing({ onOwnKeys, onAliases, onStar }: Granted): string[] {
  const takes: ActionCatalogue = CATALOGUE;
  const granted =
    (onOwnKeys & takes.keyOnly) | (onOwnKeys & onAliases() & takes.onAliases) | (onStar & takes.onStar);
  return actionNames(takes.all & ~granted, takes);
}

function lacking(actions: readonly string[]): string {
  if (actions.length === 0) return "on other accounts' keys not all of them";
  return `without ${actions.length <= 3 ? actions.join(", ") : `${actions.length} of the ${KMS.actions.length}`}`;
}

function conditionsOf(claims: readonly Claim[]): string {
  const sometimes: Proviso = "sometimes";
  const written = claims
    .filter(({ statement, proviso }) => statement.effect === "Allow" && proviso === sometimes)
    .flatMap(({ statement }) => statement.conditions.map(({ operator, key }) => `${operator} ${key}`));
  const distinct = [...new Set(written)];
  return `${distinct.slice(0, 3).join(" and ")}${distinct.length > 3 ? " and others" : ""} holds`;
}
