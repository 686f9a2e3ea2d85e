import type { Problem, Statement } from "../policy/document.ts";
import { parseDocument } from "../policy/parse-document.ts";
import type { Account, PolicyRef } from "../policy/policy.ts";
import type { GuardedResource, GuardedService } from "../services/service.ts";
import {
  type ActionCatalogue,
  type ActionSet,
  actionCatalogue,
  actionNames,
  hasEvery,
  namedActions,
} from "./action-set.ts";
import type { ConditionClass } from "./conditions.ts";
import { evidenceOf } from "./evidence.ts";
import {
  type EffectivePermissions,
  effectivePermissions,
  type Permissions,
  upperBound,
} from "./permissions.ts";
import {
  allowedSomewhere,
  globsOf,
  limitingGlobs,
  type ServiceStatement,
  serviceStatements,
  withWidest,
} from "./service-statements.ts";
import type { Evidence, Verdict, VerdictName } from "./verdict.ts";

/** In which account, of which service and at what time statements are evaluated. */
export interface EvaluationContext {
  /** The account of the principals that the policies are attached to. */
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
  return invalid(problems, readable && verdictOf(readable, context));
}

/** True where a document grants what the guard guards against, or cannot be evaluated. */
export function isViolation(document: unknown, context: EvaluationContext): boolean {
  return evaluateDocument(document, context).name !== "none";
}

/**
 * What statements of identity policies grant together of a service in this account, with proof: the first verdict
 * that holds of `full`, `near-full`, `conditional-full`, `scoped-full`, `none`; `invalid` where they are too complex.
 * Resource policies, grants, boundaries and organization policies may still block or add.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function evaluate(statements: readonly Statement[], context: EvaluationContext): Verdict {
  const verdict = verdictOf(statements, context);
  if (verdict.name !== "none") return verdict;
  const catalogue = actionCatalogue(context.service);
  const unplaced = statements.find(
    ({ effect, actions, resources }) =>
      effect === "Allow" && resources.patterns.length === 0 && namedActions(actions, catalogue) !== 0n,
  );
  if (unplaced === undefined) return verdict;
  const message = `allows ${context.service.title} actions and has neither Resource nor NotResource`;
  return invalid([{ path: unplaced.path, message }]);
}

/** What is being evaluated: all statements, and those that concern the service. */
interface Subject {
  readonly all: readonly Statement[];
  readonly statements: readonly ServiceStatement[];
  readonly account: Account;
  readonly catalogue: ActionCatalogue;
}

function verdictOf(all: readonly Statement[], { account, service }: EvaluationContext): Verdict {
  const { title, resource } = service;
  const catalogue = actionCatalogue(service);
  const allowed = allowedSomewhere(all, catalogue);
  if (allowed === 0n) return none(`no statement allows a ${title} action`);
  if (!hasEvery(allowed, catalogue.core))
    return none(`allows some ${title} actions, not those that amount to full rights`);
  const statements = serviceStatements(all, account, catalogue);
  const subject: Subject = { all, statements, account, catalogue };
  const globs = globsOf(statements);
  const permissions = effectivePermissions(statements, globs, account, catalogue);
  if (permissions !== undefined) return verdictOn(permissions, subject);
  const certain = certainVerdict(subject, globs);
  if (certain !== undefined && ON_EVERY_RESOURCE.has(certain.name)) return certain;
  if (!hasEvery(upperBound(statements), catalogue.core)) return none(notEnough(resource));
  return invalid(
    [TOO_COMPLEX],
    certain,
    certain?.name === "scoped-full" ? certain.evidence : proofOf(subject),
  );
}

/** What is granted whatever the patterns do that are too complex to evaluate: it may be enough to act on. */
function certainVerdict(subject: Subject, globs: ReadonlySet<string>): Verdict | undefined {
  const { statements, account, catalogue } = subject;
  const limiting = limitingGlobs(statements);
  if (limiting.size === globs.size) return undefined;
  const permissionsBy = (few: ReadonlySet<string>) =>
    effectivePermissions(statements, few, account, catalogue, LESS_WORK);
  const permissions = permissionsBy(withWidest(limiting, globs)) ?? permissionsBy(limiting);
  return permissions && verdictOn(permissions, subject);
}

const LESS_WORK = 200;

const ON_EVERY_RESOURCE: ReadonlySet<VerdictName> = new Set(["full", "near-full", "conditional-full"]);
const TOO_COMPLEX: Problem = {
  path: "",
  message: "its resource patterns are too many and too complex to evaluate",
};

function notEnough({ one }: GuardedResource): string {
  return `what it allows and does not deny never amounts to full rights on a ${one}`;
}

function verdictOn(permissions: EffectivePermissions, subject: Subject): Verdict {
  const { statements, catalogue } = subject;
  const { title, resource } = catalogue.service;
  const { one, many } = resource;
  const rank = (conditions: ConditionClass) => rankOf(permissions.counting(conditions), catalogue);
  const missing = (conditions: ConditionClass) => missingFrom(permissions.counting(conditions), catalogue);
  const verdict = (rest: Pick<Verdict, "name" | "severity" | "reason"> & Partial<Verdict>): Verdict => ({
    vacuous: false,
    evidence: proofOf(subject),
    missingActions: [],
    ...rest,
  });

  const unconditional = rank("unconditional");
  if (unconditional === "full") {
    const reason = `allows all ${catalogue.names.length} ${title} actions on every ${one}, without a condition`;
    return verdict({ name: "full", severity: "CRITICAL", reason });
  }
  if (unconditional === "near-full") {
    const missingActions = missing("unconditional");
    const reason = `allows every core ${title} action on every ${one} of the account, ${without(missingActions, catalogue)}`;
    return verdict({ name: "near-full", severity: "CRITICAL", reason, missingActions });
  }
  const conditional = rank("conditional");
  if (conditional !== undefined) {
    const vacuous = rank("tautological") !== undefined;
    const when = vacuous ? "under conditions that are always true" : `when ${conditionsOf(statements)}`;
    const what = conditional === "full" ? `all ${title} actions` : `every core ${title} action`;
    return verdict({
      name: "conditional-full",
      vacuous,
      severity: vacuous ? "CRITICAL" : "HIGH",
      reason: `allows ${what} on every ${one} ${when}`,
      missingActions: missing(vacuous ? "tautological" : "conditional"),
    });
  }
  const scoped = (reason: string) => verdict({ name: "scoped-full", severity: "MEDIUM", reason });
  const granted = permissions.fullyGranted();
  if (typeof granted !== "string")
    return scoped(`allows every ${one} action, on some ${many} only, such as ${granted.arn}`);
  // Not every action, not everywhere, not always: each hole alone would be spoken of, so several are too.
  const most = permissions.onMost("tautological");
  if (most !== undefined) return scoped(`allows every core ${title} action on most ${many}, such as ${most}`);
  if (permissions.onMost("conditional") !== undefined)
    return scoped(`allows every core ${title} action on most ${many} when ${conditionsOf(statements)}`);
  if (granted === "unknown") return invalid([TOO_COMPLEX], undefined, proofOf(subject));
  return none(notEnough(resource));
}

function proofOf({ all, statements, account, catalogue }: Subject): readonly Evidence[] {
  return evidenceOf(all, statements, account, catalogue);
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
  { onOwn, onForeign, onOthers, onStar }: Permissions,
  { core, onResource, onOthers: takingOthers, global }: ActionCatalogue,
): "full" | "near-full" | undefined {
  if (!hasEvery(onOwn, core)) return undefined;
  const isFull =
    hasEvery(onOwn & onForeign, onResource) &&
    hasEvery(onStar, global) &&
    onOthers().every((granted, index) => hasEvery(granted, takingOthers[index] ?? 0n));
  return isFull ? "full" : "near-full";
}

/** The actions that lack a right: on the guarded resource, on another that they take too, or on `*`. */
function missingFrom({ onOwn, onOthers, onStar }: Permissions, catalogue: ActionCatalogue): string[] {
  const lacking = (taking: ActionSet, granted: ActionSet) => taking & ~granted;
  const missing = onOthers()
    .map((granted, index) => lacking(catalogue.onOthers[index] ?? 0n, granted))
    .reduce(
      (sum, set) => sum | set,
      lacking(catalogue.onResource, onOwn) | lacking(catalogue.global, onStar),
    );
  return actionNames(missing, catalogue);
}

function without(actions: readonly string[], { names, service }: ActionCatalogue): string {
  if (actions.length === 0) return `on other accounts' ${service.resource.many} not all of them`;
  return `without ${actions.length <= 3 ? actions.join(", ") : `${actions.length} of the ${names.length}`}`;
}

function conditionsOf(statements: readonly ServiceStatement[]): string {
  const written = statements
    .filter(({ statement, conditions }) => statement.effect === "Allow" && conditions === "conditional")
    .flatMap(({ statement }) => statement.conditions.map(({ operator, key }) => `${operator} ${key}`));
  const distinct = [...new Set(written)];
  return `${distinct.slice(0, 3).join(" and ")}${distinct.length > 3 ? " and others" : ""} holds`;
}
