import type { Place } from "./observations.ts";

/** Makes what was deployed as it was: a deployment by itself does not look for what somebody has changed since. */
export function anewFor({ stage }: Pick<Place, "stage">): string {
  return `npx sst refresh --stage ${stage} && npx sst deploy --stage ${stage}`;
}
