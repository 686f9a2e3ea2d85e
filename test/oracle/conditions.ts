import { matches } from "./glob.ts";

/** How far the condition of a statement can be relied on. */
export type Holds = "unconditional" | "always" | "sometimes";

export interface Condition {
  readonly holds: Holds;
  /** Whether the statement applies to calls in a Region. */
  readonly appliesIn: (region: string) => boolean;
}

/** The few conditions whose meaning nobody doubts, as JSON has them. */
const PLAIN: ReadonlyMap<string, Holds> = new Map([
  ['Bool aws:SecureTransport ["true"]', "always"],
  ['StringLike aws:PrincipalArn ["arn:*"]', "always"],
  ['Bool aws:MultiFactorAuthPresent ["true"]', "sometimes"],
  ['IpAddress aws:SourceIp ["203.0.113.0/24"]', "sometimes"],
]);

const BY_REGION: ReadonlyMap<string, (values: readonly string[], region: string) => boolean> = new Map([
  ["StringEquals", (values, region) => values.includes(region)],
  ["StringNotEquals", (values, region) => !values.includes(region)],
  ["StringLike", (values, region) => values.some((glob) => matches(glob, region))],
]);

const WORST: readonly Holds[] = ["unconditional", "always", "sometimes"];

/** All of its conditions together; undefined where one is not among those that are judged here. */
export function readCondition(written: Readonly<Record<string, Readonly<Record<string, unknown>>>>) {
  let condition: Condition = { holds: "unconditional", appliesIn: () => true };
  for (const [operator, tests] of Object.entries(written)) {
    for (const [key, value] of Object.entries(tests)) {
      const one = readOne(operator, key, [value].flat());
      if (one === undefined) return undefined;
      condition = both(condition, one);
    }
  }
  return condition;
}

function readOne(operator: string, key: string, values: readonly unknown[]): Condition | undefined {
  const texts = values.filter((value) => typeof value === "string");
  const region = BY_REGION.get(operator);
  if (key === "aws:RequestedRegion" && region !== undefined && texts.length > 0) {
    return { holds: "unconditional", appliesIn: (name) => region(texts, name) };
  }
  const holds = PLAIN.get(`${operator} ${key} ${JSON.stringify(texts)}`);
  return holds && { holds, appliesIn: () => true };
}

function both(a: Condition, b: Condition): Condition {
  return {
    holds: WORST.indexOf(a.holds) > WORST.indexOf(b.holds) ? a.holds : b.holds,
    appliesIn: (region) => a.appliesIn(region) && b.appliesIn(region),
  };
}
