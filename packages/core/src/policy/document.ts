import type { PolicyRef } from "./policy.ts";

/** Something wrong with input, and where: `path` is written like `Statement[2].Action[0]`, "" for the whole. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

/** The elements of a statement that name actions: the patterns as written, and whether they are the exceptions. */
export interface WrittenActions {
  readonly element: "Action" | "NotAction";
  readonly patterns: readonly string[];
}

/** The elements of a statement that name resources: the patterns as written, and whether they are the exceptions. */
export interface WrittenResources {
  readonly element: "Resource" | "NotResource";
  readonly patterns: readonly string[];
}

/** One operator and key of a Condition block with the values it is compared to. */
export interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/**
 * One statement of an identity policy, every JSON form that IAM accepts folded into one. It says where it comes from,
 * so that the statements of several policies can be evaluated together.
 */
export interface Statement {
  /** The policy it is part of, where the reader of the document knows it. */
  readonly policy?: PolicyRef;
  /** Its document's Version; IAM takes "2008-10-17" where there is none. Policy variables work in "2012-10-17" only. */
  readonly version: string;
  /** `Statement[0]`, or `Statement` where the document has one statement without brackets. */
  readonly path: string;
  readonly sid?: string;
  readonly effect: "Allow" | "Deny";
  readonly actions: WrittenActions;
  readonly resources: WrittenResources;
  /** Empty where there is no Condition, or none that has a key: then the statement is unconditional. */
  readonly conditions: readonly Condition[];
}

/**
 * What `parseDocument` answers: the statements, or every problem found in one pass with the statements that could be
 * read. Oddities that change nothing of what a document grants (a duplicate Sid, say) leave no trace.
 */
export type ParsedDocument =
  | { readonly kind: "document"; readonly statements: readonly Statement[] }
  | {
      readonly kind: "invalid";
      readonly problems: readonly Problem[];
      /** The statements that could be read, whole or in part. */
      readonly readable?: readonly Statement[];
      /** Those of them without a problem, where all problems are in Allows: what these grant, they grant in any case. */
      readonly sound?: readonly Statement[];
    };
