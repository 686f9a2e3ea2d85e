import { type Actions, ALL, actionsMatching } from "./actions.ts";
import { type Condition, readCondition } from "./conditions.ts";

/** One statement of a policy document as it is written, each list as a list or as its only member. */
export interface WrittenStatement {
  readonly Effect: "Allow" | "Deny";
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface WrittenDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly WrittenStatement[];
}

/** A statement as it is judged. */
export interface Statement extends Condition {
  readonly effect: "Allow" | "Deny";
  readonly actions: Actions;
  /** The resource patterns; with `isNot` those that it leaves out. */
  readonly resources: readonly string[];
  readonly isNot: boolean;
}

/** What a set of statements is written into: bit n is the nth statement. */
const MOST_STATEMENTS = 30;

export const isAllStars = (pattern: string) => /^\*+$/.test(pattern);

/** The statements of a document; undefined where one is beyond what is judged here. */
export function readStatements(document: WrittenDocument): readonly Statement[] | undefined {
  const read = document.Statement.map(readStatement);
  const known = read.filter((statement) => statement !== undefined);
  return known.length === read.length && known.length <= MOST_STATEMENTS ? known : undefined;
}

/** Not one on other services, nor a Deny that only sometimes applies. */
export function counts({ actions, effect, holds }: Statement): boolean {
  return actions !== 0n && (effect === "Allow" || holds !== "sometimes");
}

function readStatement(written: WrittenStatement): Statement | undefined {
  const listed = listOf(written.Action ?? written.NotAction).map(actionsMatching);
  const known = listed.filter((set) => set !== undefined);
  const condition = readCondition(written.Condition ?? {});
  const resources = listOf(written.Resource ?? written.NotResource);
  if (known.length < listed.length || condition === undefined || !resources.every(isPlain)) return undefined;
  const union = known.reduce((all, set) => all | set, 0n);
  return {
    ...condition,
    effect: written.Effect,
    actions: written.Action === undefined ? ALL & ~union : union,
    resources,
    isNot: written.Resource === undefined,
  };
}

const listOf = (element: string | readonly string[] | undefined) => [element ?? []].flat();

/** All resources, or an ARN of six parts and more whose service is no glob, without variables. */
function isPlain(pattern: string): boolean {
  return isAllStars(pattern) || /^arn:[^:$]+:[a-z0-9-]+:[^:$]*:[^:$]*:[^$]+$/.test(pattern);
}
