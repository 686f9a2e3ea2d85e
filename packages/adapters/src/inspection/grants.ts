import { parseDocument } from "@kms-guard/core/policy/parse-document.ts";
import type { Permission } from "../deployment/permissions.ts";

/** One statement, whichever way it is written. */
interface Given {
  readonly effect: "Allow" | "Deny";
  /** `Not` where the patterns are the exceptions. */
  readonly actions: { readonly not: string; readonly patterns: readonly string[] };
  readonly resources: { readonly not: string; readonly patterns: readonly string[] };
  readonly conditions: readonly {
    readonly operator: string;
    readonly key: string;
    readonly values: readonly string[];
  }[];
}

/** Permissions as one line for each action on each resource, so that two divisions into statements compare as equal. */
export function grantsOf(permissions: readonly Permission[]): readonly string[] {
  return permissions.flatMap(({ effect, actions, resources, conditions = [] }) =>
    lines({
      effect,
      actions: { not: "", patterns: actions },
      resources: { not: "", patterns: resources },
      conditions: conditions.map(({ test, variable, values }) => ({ operator: test, key: variable, values })),
    }),
  );
}

/** The same of a policy's text. What cannot be read is a line of its own, which no permission equals. */
export function grantsInDocument(text: string): readonly string[] {
  const parsed = parseDocument(text);
  if (parsed.kind === "invalid") return ["a document that cannot be read"];
  return parsed.statements.flatMap(({ effect, actions, resources, conditions }) =>
    lines({
      effect,
      actions: { not: actions.element === "Action" ? "" : "all but ", patterns: actions.patterns },
      resources: { not: resources.element === "Resource" ? "" : "all but ", patterns: resources.patterns },
      conditions,
    }),
  );
}

function lines({ effect, actions, resources, conditions }: Given): readonly string[] {
  const when = conditions
    .map(({ operator, key, values }) => ` if ${operator} ${key} ${values.toSorted().join(" or ")}`)
    .toSorted()
    .join("");
  // Exceptions hold together: one by one they would be other grants.
  const names = together(actions.not, actions.patterns);
  return names.flatMap((name) =>
    together(resources.not, resources.patterns).map((resource) => `${effect} ${name} on ${resource}${when}`),
  );
}

function together(not: string, patterns: readonly string[]): readonly string[] {
  return not === "" ? patterns : [`${not}${patterns.toSorted().join(", ")}`];
}
