import fc from "fast-check";
import type { Setting } from "../cells.ts";
import type { WrittenStatement } from "../statements.ts";
import { mix, pick, some } from "./arbitraries.ts";
import { idGlobs } from "./key-ids.ts";

const FOREIGN = "999900001111";

/** With every resource so often beside nine times only some and once all but some. */
export function resourcesIn({ account, regions, knownRegions }: Setting) {
  const { partition } = account;
  const regionGlobs = mix<readonly string[]>(
    [24, fc.constant(["*"])],
    [6, fc.constantFrom(...knownRegions).map((region) => [region])],
    [1, fc.constant(knownRegions)],
    [1, fc.constant(regions)],
    [1, fc.constantFrom(...regions).map((out) => knownRegions.filter((region) => region !== out))],
    [1, fc.integer({ min: 8, max: 16 }).map((length) => regions.slice(-length))],
    [2, some(["us-*", "eu-*", "ap-*", "ca-*", "sa-*", "cn-*"], 3, 6)],
    [
      2,
      fc.constantFrom(
        ["*-1"],
        ["*-1", "*-2", "*-3"],
        ["*-?"],
        ["*a*"],
        ["?*-*"],
        ["xx-none-1"],
        ["xx-none-1", "us-east-1"],
      ),
    ],
  );
  const accountGlob = pick(
    ...([
      [10, "*"],
      [8, account.id],
      [2, FOREIGN],
      [1, "????????????"],
      [1, "1111*"],
      [1, "*3"],
      [1, "99990000????"],
    ] as const),
  );

  /** An ARN pattern for every Region and id glob: one list is short where the other is long. */
  const keyPatterns = fc
    .tuple(regionGlobs, accountGlob, idGlobs)
    .map(([regionNames, accountName, ids]) =>
      regionNames.length * ids.length > 34
        ? regionNames.map((region) => `arn:${partition}:kms:${region}:${accountName}:key/*`)
        : regionNames.flatMap((region) =>
            ids.map((id) => `arn:${partition}:kms:${region}:${accountName}:key/${id}`),
          ),
    );
  const wholePatterns = fc
    .tuple(regionGlobs, accountGlob)
    .map(([names, accountName]) => names.map((region) => `arn:${partition}:kms:${region}:${accountName}:*`));
  const oddPatterns = fc.constantFrom(
    ...[
      `arn:${partition}:kms:*:*:alias/*`,
      `arn:${partition}:kms:*:*:alias/payroll`,
      "arn:*:kms:*:*:key/*",
      `arn:${partition}:s3:::*`,
    ],
    ...[
      `arn:${partition}:kms:*:*:*a*`,
      `arn:${partition}:kms:*:*:k*0`,
      `arn:${partition}:kms:*:*:*/*`,
      "arn:aws-*:kms:*:*:*",
    ],
    ...[
      `arn:${partition}:kms:*:*:*:*`,
      `arn:${partition}:kms:eu-*-1:*:???/*`,
      `arn:${partition}:kms:*:*:*/mrk-*`,
      "arn:???:kms:*:*:key/*",
    ],
  );
  const patterns: fc.Arbitrary<string | readonly string[]> = mix<string | readonly string[]>(
    [8, keyPatterns],
    [3, wholePatterns],
    [1, oddPatterns],
    [1, fc.tuple(keyPatterns, oddPatterns).map(([keys, odd]) => [...keys, odd])],
  );
  return (all: number) =>
    mix<Pick<WrittenStatement, "Resource" | "NotResource">>(
      [all, pick([9, "*"], [1, "**"]).map((Resource) => ({ Resource }))],
      [9, patterns.map((Resource) => ({ Resource }))],
      [1, patterns.map((NotResource) => ({ NotResource }))],
    );
}
