import fc from "fast-check";
import type { Setting } from "../cells.ts";
import type { WrittenStatement } from "../statements.ts";
import { mix, some } from "./arbitraries.ts";

type Condition = NonNullable<WrittenStatement["Condition"]>;
const ALWAYS: readonly Condition[] = [
  { Bool: { "aws:SecureTransport": "true" } },
  { StringLike: { "aws:PrincipalArn": "arn:*" } },
];
const SOMETIMES: readonly Condition[] = [
  { Bool: { "aws:MultiFactorAuthPresent": "true" } },
  { IpAddress: { "aws:SourceIp": "203.0.113.0/24" } },
];
/** Without a condition so often beside nine times with one. */
export function conditionsIn({ regions, knownRegions }: Setting) {
  const byRegion: fc.Arbitrary<Condition> = mix<Condition>(
    [3, some(knownRegions, 1, 3).map((names) => ({ StringNotEquals: { "aws:RequestedRegion": names } }))],
    [1, some(knownRegions, 1, 2).map((names) => ({ StringEquals: { "aws:RequestedRegion": names } }))],
    [
      1,
      fc
        .constantFrom(knownRegions, regions)
        .map((names) => ({ StringEquals: { "aws:RequestedRegion": names } })),
    ],
    [
      1,
      fc
        .constantFrom("*", "us-*", "?*-1", "cn-*")
        .map((glob) => ({ StringLike: { "aws:RequestedRegion": glob } })),
    ],
    [
      1,
      fc
        .constantFrom("cn-north-1", "us-*")
        .map((name) => ({ StringNotEquals: { "aws:RequestedRegion": name } })),
    ],
  );
  return (none: number) =>
    mix<Pick<WrittenStatement, "Condition">>(
      [none, fc.constant({})],
      [2, fc.constantFrom(...ALWAYS).map((Condition) => ({ Condition }))],
      [3, fc.constantFrom(...SOMETIMES).map((Condition) => ({ Condition }))],
      [2, byRegion.map((Condition) => ({ Condition }))],
      [
        1,
        fc
          .tuple(fc.constantFrom(...ALWAYS), fc.constantFrom(...SOMETIMES))
          .map(([a, b]) => ({ Condition: { ...a, ...b } })),
      ],
      [1, fc.tuple(byRegion, fc.constantFrom(...SOMETIMES)).map(([a, b]) => ({ Condition: { ...b, ...a } }))],
    );
}
