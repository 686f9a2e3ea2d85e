import { createHash } from "node:crypto";
import { regionsOf } from "../policy/partition.ts";
import type { Account } from "../policy/policy.ts";
import { ArnGlob, arn } from "./arn-glob.ts";
import type { KeyCell } from "./key-space.ts";

/** Keys, mostly of the own account, that nobody could know when the globs were written. */
export function keySample(globs: readonly string[], account: Account, prefix: string): KeyCell[] {
  const regions = regionsOf(account.partition);
  const arnGlobs = globs.map((glob) => new ArnGlob(glob));
  const random = createHash("sha256").update(globs.join("\n")).digest("hex");
  return [true, false].flatMap((own) => {
    const size = own ? OWN_SAMPLE : FOREIGN_SAMPLE;
    return Array.from({ length: size }, (_, index) => {
      const digits = random.slice(index) + random.slice(0, index);
      const region = regions[Number.parseInt(digits.slice(-6), 16) % regions.length];
      const accountId = own ? account.id : digits.replace(/[a-f]/g, "").padEnd(12, "7").slice(0, 12);
      const example = `arn:${account.partition}:${prefix}:${region}:${accountId}:key/${keyIdFrom(digits)}`;
      const key = arn(example);
      const matched = new Set(arnGlobs.filter((glob) => glob.matches(key)).map(({ written }) => written));
      return { own, share: 1 / size, matched, example };
    });
  });
}

const OWN_SAMPLE = 4;
const FOREIGN_SAMPLE = 1;

/** A key id out of random hex digits, the first of which decides which of the two shapes it gets. */
function keyIdFrom(random: string): string {
  const digits = random.slice(1, 33);
  if (random < "8") return `mrk-${digits}`;
  return [
    [0, 8],
    [8, 12],
    [12, 16],
    [16, 20],
    [20, 32],
  ]
    .map(([from, to]) => digits.slice(from, to))
    .join("-");
}
