import type { Problem, Statement } from "../policy/document.ts";
import { parseDocument } from "../policy/parse-document.ts";
import type { PolicyRef } from "../policy/policy.ts";
import { quoted } from "../policy/problems.ts";
import { type ActionCatalogue, actionCatalogue, hasAny, namedActions } from "./action-set.ts";
import { validUntilMs } from "./conditions/decide.ts";
import { evidenceOf } from "./evidence.ts";
import { Steps } from "./glob-automaton.ts";
import type { Reading } from "./grants.ts";
import { type Judgement, judge } from "./ladder.ts";
import {
  type DividedResources,
  divideResources,
  type EvaluationContext,
  Permissions,
} from "./permissions.ts";
import {
  allowedSomewhere,
  globsOf,
  isLimiting,
  type ServiceStatement,
  serviceStatements,
  withWidest,
} from "./service-statements.ts";
import type { Evidence, Verdict } from "./verdict.ts";

export type { EvaluationContext } from "./permissions.ts";

/**
 * What one policy document, as text (plain or URL-encoded) or parsed JSON, grants: see `evaluate`. `invalid` where it
 * cannot be read as an identity policy, with the problems.
 */
export function evaluateDocument(document: unknown, context: EvaluationContext, policy?: PolicyRef): Verdict {
  const parsed = parseDocument(document, policy);
  if (parsed.kind === "document") return evaluate(parsed.statements, context);
  const { problems, readable, sound } = parsed;
  // An Allow that cannot be read adds nothing and hides nothing.
  const certain = sound && verdictOf(sound, context);
  if (certain !== undefined && isAsGoodAsFull(certain)) return { ...certain, problems };
  const least = readable && verdictOf(readable, context);
  return invalid(problems, least, least?.evidence);
}

/** True where a document grants what the guard guards against, or cannot be evaluated. */
export function isViolation(document: unknown, context: EvaluationContext): boolean {
  return evaluateDocument(document, context).name !== "none";
}

/**
 * What statements of identity policies grant together of a service in this account, with proof: the first verdict
 * that holds of `full`, `near-full`, `conditional-full`, `escalation`, `scoped-full`, `none`; `invalid` where they are
 * more under one reading than under another, or too complex.
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

/** So many steps decide every document that people write, and take under 20 ms. */
const MOST_STEPS = 80_000;
/** What is granted for certain is worth less work. */
const STEPS_OF_THE_REST = 10_000;

function verdictOf(all: readonly Statement[], context: EvaluationContext): Verdict {
  const { service, effort = 1 } = context;
  const { title } = service;
  const catalogue = actionCatalogue(service);
  const allowed = allowedSomewhere(all, catalogue);
  if (allowed === 0n) return none(`no statement allows a ${title} action`);
  const powers = catalogue.powers.filter((power) => hasAny(allowed, power));
  if (powers.length < 2 && !hasAny(allowed, catalogue.selfGrant.by))
    return none(`allows some ${title} actions, not those that amount to full rights`);
  const steps = new Steps(MOST_STEPS * effort);
  const statements = serviceStatements(all, context, catalogue, steps);
  const subject = { statements, catalogue, context };
  const globs = globsOf(statements);
  const proof = () => evidenceOf(all, statements, context.account, catalogue);
  const resources = divideResources(statements, globs, context, steps);
  if (resources === undefined) return tooComplex(subject, globs, proof());
  const wide = judgedBy(subject, resources, "wide", steps);
  if (wide === "unknown") return tooComplex(subject, globs, proof());
  if (wide.name === "none") return none(wide.reason);
  const isUndecided = resources.space.cells.some((cell) => cell.isUndecided);
  const doubts = [...statements.flatMap(doubtsOf), ...(isUndecided ? [TOO_COMPLEX] : [])];
  if (doubts.length === 0) return proven(wide, subject, proof());
  const narrow = judgedBy(subject, resources, "narrow", steps);
  if (narrow === "unknown") return tooComplex(subject, globs, proof());
  if (isAlike(narrow, wide)) return proven(narrow, subject, proof());
  if (isUndecided) return lessExact(subject, globs, narrow, proof());
  return invalid(doubts, narrow, proof(), wide);
}

/** What is being evaluated. */
interface Subject {
  readonly statements: readonly ServiceStatement[];
  readonly catalogue: ActionCatalogue;
  readonly context: EvaluationContext;
}

function judgedBy(
  { statements, catalogue, context }: Subject,
  resources: DividedResources,
  reading: Reading,
  steps: Steps,
): Judgement | "unknown" {
  const judgement = judge(
    new Permissions(resources, reading, context, catalogue, steps),
    statements,
    catalogue,
  );
  return steps.areUsedUp() ? "unknown" : judgement;
}

function proven(
  judgement: Judgement,
  { statements, context }: Subject,
  evidence: readonly Evidence[],
): Verdict {
  const conditions = statements.flatMap((each) => each.conditions ?? []);
  const until = conditions.length === 0 ? undefined : validUntilMs(conditions, context);
  return { ...judgement, evidence, ...(until !== undefined && { validUntilMs: until }) };
}

function isAlike(one: Judgement, other: Judgement): boolean {
  return one.name === other.name && one.vacuous === other.vacuous;
}

/**
 * The verdict where it is not decided what some patterns match: without the grants that are negligible together, which
 * matter to `scoped-full` only. `least` is what holds whatever they match.
 */
function lessExact(
  subject: Subject,
  globs: ReadonlySet<string>,
  least: Judgement,
  evidence: readonly Evidence[],
): Verdict {
  const { statements, context } = subject;
  const steps = new Steps(STEPS_OF_THE_REST * (context.effort ?? 1));
  const resources = divideResources(statements, globs, context, steps, "grants and limits");
  if (resources === undefined) return tooComplex(subject, globs, evidence);
  const [narrow, wide] = (["narrow", "wide"] as const).map((reading) =>
    judgedBy(subject, resources, reading, steps),
  );
  if (wide === undefined || narrow === undefined || narrow === "unknown" || wide === "unknown")
    return tooComplex(subject, globs, evidence);
  if (isAlike(narrow, wide) && ON_MOST.has(wide.name)) return proven(wide, subject, evidence);
  const most = ON_MOST.has(wide.name) ? wide : SCOPED;
  return invalid([...statements.flatMap(doubtsOf), TOO_COMPLEX], least, evidence, most);
}

const ON_MOST: ReadonlySet<string> = new Set(["full", "near-full", "conditional-full", "escalation"]);

const SCOPED: Judgement = {
  name: "scoped-full",
  vacuous: false,
  severity: "HIGH",
  reason: "grants full rights on some resources",
  missingActions: [],
};

/**
 * The verdict where the steps do not suffice: what is granted whatever the patterns do that are too complex, where that
 * is the worst there is; none where not even all of them together amount to anything; invalid otherwise.
 */
function tooComplex(subject: Subject, globs: ReadonlySet<string>, evidence: readonly Evidence[]): Verdict {
  const { statements, context } = subject;
  const limiting = globsOf(statements.filter(isLimiting));
  const judgedOn = (few: ReadonlySet<string>): Judgement | "unknown" => {
    const steps = new Steps(STEPS_OF_THE_REST * (context.effort ?? 1));
    const resources = divideResources(statements, few, context, steps);
    return resources === undefined ? "unknown" : judgedBy(subject, resources, "narrow", steps);
  };
  const withOne = judgedOn(withWidest(limiting, globs));
  const least = withOne === "unknown" ? judgedOn(limiting) : withOne;
  if (least !== "unknown" && CERTAIN.has(least.name)) return proven(least, subject, evidence);
  const most = mostOf(subject);
  if (most.name === "none") return none(most.reason);
  return invalid([TOO_COMPLEX], least === "unknown" ? undefined : least, evidence, most);
}

const CERTAIN: ReadonlySet<string> = new Set(["full", "near-full"]);

const TOO_COMPLEX: Problem = {
  path: "",
  message: "its resource patterns are too many and too complex to evaluate",
};

/** The most that the statements can grant: every Allow on everything, less the Denies on everything. */
function mostOf({ statements, catalogue, context }: Subject): Judgement {
  const most = statements.flatMap((each): ServiceStatement[] => {
    if (each.statement.effect === "Deny")
      return each.isEverything && each.statement.resources.element === "Resource" ? [each] : [];
    const { conditions: _, ...rest } = each;
    const resources = { element: "Resource", patterns: ["*"] } as const;
    return [{ ...rest, isEverything: true, resources: [], statement: { ...each.statement, resources } }];
  });
  // Without patterns it takes no more than a look at each statement.
  const steps = new Steps(Number.POSITIVE_INFINITY);
  const resources = divideResources(most, new Set(), context, steps);
  const subject = { statements: most, catalogue, context };
  const judgement = resources && judgedBy(subject, resources, "wide", steps);
  if (judgement === undefined || judgement === "unknown")
    throw new Error("statements without patterns are always judged");
  return judgement;
}

/** Why a statement may mean more or less. */
function doubtsOf({ statement, resources, conditions }: ServiceStatement): readonly Problem[] {
  const { path } = statement;
  const { element, patterns } = statement.resources;
  return [
    ...resources.flatMap(({ globs, doubt }, index) => {
      const why =
        doubt ?? (globs.length > 1 ? "has fewer than six parts, which IAM may read in two ways" : undefined);
      if (why === undefined) return [];
      return [{ path: `${path}.${element}`, message: `${quoted(patterns[index] ?? "")} ${why}` }];
    }),
    ...(conditions?.problems ?? []).map(({ condition, message }) => ({
      path: `${path}.Condition.${condition.operator}.${condition.key}`,
      message,
    })),
  ];
}

function none(reason: string): Verdict {
  return { name: "none", vacuous: false, reason, evidence: [], missingActions: [] };
}

/** Invalid: `least` is what it is under every reading, `most` what it is under some. */
function invalid(
  problems: readonly Problem[],
  least?: Judgement,
  evidence: readonly Evidence[] = [],
  most: Judgement | undefined = least,
): Verdict {
  const named = problems.slice(0, NAMED_PROBLEMS).map(inWords).join("; ");
  const unnamed = problems.length - NAMED_PROBLEMS;
  const more = unnamed > 0 ? ` (and ${unnamed} more problem${unnamed === 1 ? "" : "s"})` : "";
  const readings = [
    ...(least === undefined || least.name === "none" ? [] : [`is at least ${least.name}`]),
    ...(most === undefined || most.name === "none" || most.name === least?.name
      ? []
      : [`may be ${most.name}`]),
  ];
  const but = readings.length === 0 ? "" : `, but ${readings.join(" and ")}`;
  return {
    name: "invalid",
    vacuous: false,
    severity: most !== undefined && isAsGoodAsFull(most) ? "CRITICAL" : "HIGH",
    reason: `cannot be evaluated${but}: ${named}${more}`,
    evidence,
    missingActions: [],
    problems,
  };
}

function isAsGoodAsFull({ name, vacuous }: Judgement): boolean {
  return name === "full" || name === "near-full" || vacuous;
}

/** So many problems the reason names: it is one sentence, and goes into alerts. */
export const NAMED_PROBLEMS = 8;

function inWords({ path, message }: Problem): string {
  return path === "" ? message : `${path}: ${message}`;
}
