import type { Evidence } from "./verdict.ts";

/**
 * One statement of the proof for a person: what it says, a line for each condition, and what it has to do with the
 * verdict. Of each list at most `most` items are named. The lines have the policy's own text: not yet safe to print.
 */
export function evidenceLines(
  { path, sid, effect, actions, resources, conditions, contributes }: Omit<Evidence, "counts" | "policy">,
  most = Number.POSITIVE_INFINITY,
): readonly string[] {
  const list = (items: readonly string[], separator: string): string => {
    const more = items.length - most;
    return items.slice(0, most).join(separator) + (more > 0 ? ` and ${more} more` : "");
  };
  return [
    `${path}${sid === undefined ? "" : ` (Sid ${sid})`}: ${effect} ${list(actions, ", ")} on ${list(resources, ", ")}`,
    ...conditions.map(({ operator, key, values }) => `  if ${operator} ${key}: ${list(values, " or ")}`),
    `  ${contributes}`,
  ];
}
