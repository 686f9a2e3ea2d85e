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

/** One statement of an identity policy, every JSON form that IAM accepts folded into one. */
export interface Statement {
  /** `Statement[0]`, or `Statement` where the document has one statement without brackets. */
  readonly path: string;
  readonly sid?: string;
  readonly effect: "Allow" | "Deny";
  readonly actions: WrittenActions;
  readonly resources: WrittenResources;
  /** Empty where there is no Condition, or none that holds a key: then the statement is unconditional. */
  readonly conditions: readonly Condition[];
}

/** A policy document, parsed. Oddities that change nothing of what it grants (a duplicate Sid, say) leave no trace. */
export interface Document {
  /** As written; IAM takes "2008-10-17" where it is absent. Policy variables work in "2012-10-17" only. */
  readonly version: string;
  readonly statements: readonly Statement[];
}

/** What `parseDocument` answers: a document, or every problem found in one pass. */
export type ParsedDocument =
  | { readonly kind: "document"; readonly document: Document }
  | { readonly kind: "invalid"; readonly problems: readonly Problem[]; readonly readable?: Document };
