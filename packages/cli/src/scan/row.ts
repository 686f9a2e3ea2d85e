import { VERDICTS, type Verdict, type VerdictName } from "@kms-guard/core/evaluate/verdict.ts";
import type { Attachment } from "@kms-guard/core/policy/policy.ts";
import type { Place, PolicyKind } from "../input/policy-input.ts";
import { sourceOf } from "../input/policy-input.ts";

/** One policy with what it was judged to be. */
export interface Row {
  readonly id: string;
  readonly place: Place;
  readonly kind: PolicyKind;
  readonly verdict: Verdict;
  /** Who holds it, where known; complete when everything has been read. */
  readonly holders?: () => readonly Attachment[];
}

/** How many policies came to what. */
export interface Summary {
  readonly policies: number;
  /** All but `none`: an invalid one is a finding too, it may grant anything. */
  readonly findings: number;
  readonly byVerdict: Readonly<Record<VerdictName, number>>;
}

/** Counts rows as they go by. */
export class Tally {
  #policies = 0;
  readonly #byVerdict = {
    full: 0,
    "near-full": 0,
    "conditional-full": 0,
    "scoped-full": 0,
    invalid: 0,
    none: 0,
  } satisfies Record<VerdictName, number>;

  add(row: Row): void {
    this.#policies += 1;
    this.#byVerdict[row.verdict.name] += 1;
  }

  summary(): Summary {
    const findings = this.#policies - this.#byVerdict.none;
    return { policies: this.#policies, findings, byVerdict: { ...this.#byVerdict } };
  }
}

/** Place among the verdicts, 0 the worst; a condition that always holds is no condition. */
export function rankOf(verdict: Pick<Verdict, "name" | "vacuous">): number {
  return VERDICTS.indexOf(verdict.vacuous ? "full" : verdict.name);
}

/** The row as programs read it: a public interface, see CHANGELOG. */
export function publicRow({ id, place, kind, verdict }: Row) {
  return {
    id,
    source: sourceOf(place),
    kind,
    verdict: verdict.name,
    vacuous: verdict.vacuous,
    severity: verdict.severity ?? null,
    reason: verdict.reason,
    evidence: verdict.evidence.map(({ path, sid, effect, actions, resources, conditions, contributes }) => ({
      path,
      ...(sid === undefined ? {} : { sid }),
      effect,
      actions,
      resources,
      conditions,
      contributes,
    })),
    missingActions: verdict.missingActions,
    ...(verdict.problems === undefined ? {} : { problems: verdict.problems }),
  };
}
