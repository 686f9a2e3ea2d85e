import type { Problem, Statement } from "../policy/document.ts";
import { parseDocument } from "../policy/parse-document.ts";
import type { Account, PolicyRef } from "../policy/policy.ts";
import type { GuardedService } from "../services/guarded-service.ts";
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
import type { Evidence, Verdict, VerdictName } from "./verdict.ts";

/** In which account, of which service and at what time statements are evaluated. */
export interface EvaluationContext {
  /** The account of the principals that hold the policies. */
  readonly account: Account;
  readonly service: GuardedService;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

/**
 * What one policy document, as text (plain or URL-encoded) or parsed JSON, grants: see `evaluate`. `invalid` where it
 * cannot be read as an identity policy, with the problems.
 */
export function evaluateDocument(document: unknown, context: EvaluationContext, policy?: PolicyRef): Verdict {
  const parsed = parseDocument(document, policy);
  if (parsed.kind === "document") return evaluate(parsed.statements, context);
  const { problems, readable } = parsed;
  return invalid(problems, readable && judge(readable, context));
}

/** True where a document grants what the guard guards against, or cannot be evaluated. */
export function isViolation(document: unknown, context: EvaluationContext): boolean {
  return evaluateDocument(document, context).name !== "none";
}

/**
 * What statements of identity policies grant together of a service in this account, with proof: the first verdict
 * that holds of `full`, `near-full`, `conditional-full`, `scoped-full`, `none`; `invalid` where they cannot be weighed.
 * Resource policies, grants, boundaries and organization policies may still block or add.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function evaluate(statements: readonly Statement[], context: EvaluationContext): Verdict {
  const verdict = judge(statements, context);
  if (verdict.name !== "none") return verdict;
  const catalogue = actionCatalogue(context.service);
  const unplaced = statements.find(
    ({ effect, actions, resources }) =>
      effect === "Allow" && resources.patterns.length === 0 && namedActions(actions, catalogue) !== 0n,
  );
  if (unplaced === undefined) return verdict;
  return invalid([
    { path: unplaced.path, message: "allows KMS actions and has neither Resource nor NotResource" },
  ]);
}

/** What is being evaluated: the statements, and of them those that concern the service. */
interface Subject {
  readonly statements: readonly Statement[];
  readonly claims: readonly Claim[];
  readonly account: Account;
  readonly catalogue: ActionCatalogue;
}

function judge(statements: readonly Statement[], { account, service }: EvaluationContext): Verdict {
  const catalogue = actionCatalogue(service);
  const allowed = allowedSomewhere(statements, catalogue);
  if (allowed === 0n) return none("no statement allows a KMS action");
  if ((allowed & catalogue.core) !== catalogue.core)
    return none("allows some KMS actions, not those that amount to full rights");
  const claims = claimsOf(statements, account, catalogue);
  const subject: Subject = { statements, claims, account, catalogue };
  const globs = globsOf(claims);
  const coverage = coverageOf(claims, globs, account, catalogue);
  if (coverage !== undefined) return verdictOn(coverage, subject);
  const certain = certainOf(subject, globs);
  if (certain !== undefined && ON_EVERY_KEY.has(certain.name)) return certain;
  if ((atMost(claims) & catalogue.core) !== catalogue.core) return none(NOT_ENOUGH);
  return invalid([TANGLED], certain, certain?.name === "scoped-full" ? certain.evidence : proofOf(subject));
}

function proofOf({ statements, claims, account, catalogue }: Subject): readonly Evidence[] {
  return evidenceOf(statements, claims, account, catalogue);
}

/** What is granted whatever the patterns do that are too tangled to weigh: it may be enough to act on. */
function certainOf(subject: Subject, globs: ReadonlySet<string>): Verdict | undefined {
  const { claims, account, catalogue } = subject;
  const needed = neededGlobs(claims);
  if (needed.size === globs.size) return undefined;
  const weighed = (few: ReadonlySet<string>) => coverageOf(claims, few, account, catalogue, LESS_WORK);
  const coverage = weighed(withWidest(needed, globs)) ?? weighed(needed);
  return coverage && verdictOn(coverage, subject);
}

const LESS_WORK = 200;

const ON_EVERY_KEY: ReadonlySet<VerdictName> = new Set(["full", "near-full", "conditional-full"]);
const NOT_ENOUGH = "what it allows and does not deny never amounts to full rights on a key";
const TANGLED: Problem = {
  path: "",
  message: "its resource patterns are too many and too tangled to be weighed",
};

function verdictOn(coverage: Coverage, subject: Subject): Verdict {
  const { claims, catalogue } = subject;
  const proof = () => proofOf(subject);
  const rank = (proviso: Proviso) => rankOf(coverage.granted(proviso), catalogue);
  const missing = (proviso: Proviso) => missingFrom(coverage.granted(proviso), catalogue);
  const plain = rank("none");
  if (plain === "full") {
    const reason = `allows all ${catalogue.names.length} KMS actions on every key, without a condition`;
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
    const missingActions = missing("none");
    const reason = `allows every core KMS action on every key of the account, ${lacking(missingActions, catalogue)}`;
    return {
      name: "near-full",
      vacuous: false,
      severity: "CRITICAL",
      reason,
      evidence: proof(),
      missingActions,
    };
  }
  const conditional = rank("sometimes");
  if (conditional !== undefined) {
    const vacuous = rank("always") !== undefined;
    const holds = vacuous ? "under conditions that are always true" : `when ${conditionsOf(claims)}`;
    return {
      name: "conditional-full",
      vacuous,
      severity: vacuous ? "CRITICAL" : "HIGH",
      reason: `allows ${conditional === "full" ? "all KMS actions" : "every core KMS action"} on every key ${holds}`,
      evidence: proof(),
      missingActions: missing(vacuous ? "always" : "sometimes"),
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

function rankOf(
  { onOwnKeys, onForeignKeys, onAliases, onStar }: Granted,
  { core, onKeys, onAliases: takeAlias, onStar: takeStar }: ActionCatalogue,
): "full" | "near-full" | undefined {
  const holdsAll = (granted: ActionSet, wanted: ActionSet) => (granted & wanted) === wanted;
  if (!holdsAll(onOwnKeys, core)) return undefined;
  return holdsAll(onOwnKeys & onForeignKeys, onKeys) &&
    holdsAll(onStar, takeStar) &&
    holdsAll(onAliases(), takeAlias)
    ? "full"
    : "near-full";
}

function missingFrom({ onOwnKeys, onAliases, onStar }: Granted, takes: ActionCatalogue): string[] {
  const granted =
    (onOwnKeys & takes.keyOnly) | (onOwnKeys & onAliases() & takes.onAliases) | (onStar & takes.onStar);
  return actionNames(takes.all & ~granted, takes);
}

function lacking(actions: readonly string[], { names }: ActionCatalogue): string {
  if (actions.length === 0) return "on other accounts' keys not all of them";
  return `without ${actions.length <= 3 ? actions.join(", ") : `${actions.length} of the ${names.length}`}`;
}

function conditionsOf(claims: readonly Claim[]): string {
  const sometimes: Proviso = "sometimes";
  const written = claims
    .filter(({ statement, proviso }) => statement.effect === "Allow" && proviso === sometimes)
    .flatMap(({ statement }) => statement.conditions.map(({ operator, key }) => `${operator} ${key}`));
  const distinct = [...new Set(written)];
  return `${distinct.slice(0, 3).join(" and ")}${distinct.length > 3 ? " and others" : ""} holds`;
}
