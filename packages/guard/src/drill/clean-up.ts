import type { Clock, WriteResult } from "../ports.ts";
import type { Canary, CanaryStep } from "./canary.ts";

/** What a drill has made: `perhaps` where no answer came. */
export type Made = "perhaps" | "surely";

/** What could not be removed, and why. */
export interface Left {
  readonly step: CanaryStep;
  readonly why: string;
}

const ROUNDS = 5;
const FIRST_PAUSE_MS = 1_000;
/** IAM may not know yet of what was made a moment ago: what is not there then is looked for again so often. */
const DOUBTED_ROUNDS = 2;

/**
 * Removes what was made, in the order that IAM requires, and tries again while IAM is not yet consistent.
 * Returns the steps that did not work.
 */
export async function cleanUp(
  canary: Canary,
  made: { readonly policy?: Made; readonly role?: Made },
  clock: Pick<Clock, "sleepMs">,
): Promise<readonly Left[]> {
  let left: readonly Left[] = [];
  let steps: readonly CanaryStep[] = [
    ...(made.role === undefined ? [] : (["detach-role-policy", "delete-role"] as const)),
    ...(made.policy === undefined ? [] : (["delete-policy"] as const)),
  ];
  for (let round = 0; round < ROUNDS && steps.length > 0; round += 1) {
    if (round > 0) await clock.sleepMs(FIRST_PAUSE_MS * 2 ** (round - 1));
    const again = new Map<CanaryStep, string | undefined>();
    let isHopeless = true;
    for (const step of steps) {
      const result = await performed(canary, step);
      const isSure = (step === "delete-policy" ? made.policy : made.role) === "surely";
      if (result.outcome === "already" && isSure && round < DOUBTED_ROUNDS) again.set(step, undefined);
      if (result.outcome === "failed") again.set(step, result.error);
      if (result.outcome !== "failed" || result.retryable) isHopeless = false;
    }
    // A role or a policy that is gone had no tie left.
    if (!again.has("delete-role") || !again.has("delete-policy")) again.delete("detach-role-policy");
    steps = steps.filter((step) => again.has(step));
    left = steps.flatMap((step) => {
      const why = again.get(step);
      return why === undefined ? [] : [{ step, why }];
    });
    if (isHopeless) break;
  }
  return left;
}

/** Here no surprise may keep the rest from being removed. */
async function performed(canary: Canary, step: CanaryStep): Promise<WriteResult> {
  try {
    return await canary.perform(step);
  } catch (error) {
    return {
      outcome: "failed",
      error: error instanceof Error ? error.message : String(error),
      retryable: true,
    };
  }
}
