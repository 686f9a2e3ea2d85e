import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { partitionOfRegion, regionsOf } from "@kms-guard/core/aws/partitions.ts";
import { UsageError } from "../io/errors.ts";

/** The Regions that the user says have keys: at least one, all of one partition. */
export interface CountedRegions {
  readonly partition: string;
  readonly names: readonly string[];
}

export const REGIONS = new Option(
  "--regions <names>",
  "the Regions that have keys, separated by commas (default: those that are on in every account)",
).argParser(countedRegions);

function countedRegions(text: string): CountedRegions {
  const names = text.split(",").map((name) => name.trim());
  const partition = partitionOfRegion(names[0] ?? "");
  const regions = regionsOf(partition);
  const unknown = names.find((name) => !regions.includes(name));
  if (unknown === undefined) return { partition, names };
  throw new InvalidArgumentError(
    `The partition ${partition} has no Region \`${unknown}\`; it has ${regions.join(", ")}.`,
  );
}

/**
 * Keys of other Regions than those of the account's partition there are none, so a verdict would mean nothing.
 * @throws UsageError where the Regions are of another partition.
 */
export function requirePartition(
  regions: CountedRegions | undefined,
  partition: string,
  whose: string,
): void {
  if (regions === undefined || regions.partition === partition) return;
  throw new UsageError(
    `\`--regions\` names Regions of ${regions.partition}, and ${whose} is of ${partition}: name Regions of that partition, which are ${regionsOf(partition).join(", ")}`,
  );
}
