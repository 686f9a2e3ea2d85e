import fc from "fast-check";
import type { Setting } from "../cells.ts";
import type { WrittenDocument, WrittenStatement } from "../statements.ts";
import { actions } from "./actions.ts";
import { mix } from "./arbitraries.ts";
import { conditionsIn } from "./conditions.ts";
import { resourcesIn } from "./resources.ts";

/** Policy documents of the kinds that the oracle judges, so made that every verdict comes often. */
export function policyDocumentsIn(setting: Setting): fc.Arbitrary<WrittenDocument> {
  const resources = resourcesIn(setting);
  const conditions = conditionsIn(setting);
  const statement = (
    Effect: "Allow" | "Deny",
    everyAction: number,
    everything: number,
    unconditional: number,
  ) =>
    fc
      .tuple(actions(everyAction), resources(everything), conditions(unconditional))
      .map(([what, where, when]): WrittenStatement => ({ Effect, ...what, ...where, ...when }));
  const wideAllow = statement("Allow", 20, 16, 18);
  const anyAllow = statement("Allow", 5, 5, 14);
  const anyDeny = statement("Deny", 5, 3, 20);
  return fc
    .tuple(
      mix([3, wideAllow], [2, anyAllow]),
      fc.array(mix([1, anyAllow], [1, anyDeny]), { maxLength: 4, size: "max" }),
      fc.nat(4),
    )
    .map(([first, others, at]) => ({
      Version: "2012-10-17" as const,
      Statement: others.toSpliced(at, 0, first),
    }));
}
