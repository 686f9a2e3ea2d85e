import { MODES } from "@kms-guard/core/containment/decision.ts";
import { AWS_MANAGED_ACTIONS, CONTAIN_AT } from "@kms-guard/core/containment/guard-settings.ts";
import * as v from "valibot";
import { nearestWord } from "./nearest-word.ts";

/** What CloudWatch Logs takes. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

const PRINCIPAL = /^(?:arn:[a-z-]+:iam::\d{12}:)?(?:user|role|group)\/[^*?\s]+$/;
const REGION = /^[a-z]{2}(?:-[a-z]+)+-\d$/;
const REGION_MESSAGE = "has to be a Region such as `eu-west-1`";
const EMAIL = /^[^@\s]+@[^@\s]+$/;
const SCHEDULE = /^(?:rate|cron)\([^()]+\)$/;

const fields = {
  mode: oneOf(MODES, "monitor"),
  containAt: oneOf(CONTAIN_AT, "near-full"),
  regions: v.optional(
    v.pipe(
      v.array(v.pipe(v.string(REGION_MESSAGE), v.regex(REGION, REGION_MESSAGE)), "has to be a list"),
      v.minLength(1, "has to name a Region, or be left out for those that are on in every account"),
    ),
  ),
  awsManaged: oneOf(AWS_MANAGED_ACTIONS, "alert"),
  protectedPrincipals: listOf(
    PRINCIPAL,
    "`role/Name`, `user/Name`, `group/Name` or their ARN, without wildcards",
  ),
  maxAttachments: v.optional(wholeNumber(1, 10_000), 20),
  emails: listOf(EMAIL, "an e-mail address"),
  slack: v.optional(v.boolean("has to be `true` or `false`"), false),
  amazonQ: v.optional(v.boolean("has to be `true` or `false`"), false),
  historyRetentionDays: v.optional(
    v.picklist(RETENTION_DAYS, `has to be what CloudWatch Logs takes: ${RETENTION_DAYS.join(", ")}`),
    365,
  ),
  sweepSchedule: v.optional(
    v.pipe(
      v.string("has to be text"),
      v.regex(SCHEDULE, "has to be a schedule such as `rate(1 day)` or `cron(0 6 * * ? *)`"),
    ),
    "rate(1 day)",
  ),
  concurrency: v.optional(
    v.union([v.literal("shared"), wholeNumber(2, 1000)], "has to be `shared` or a whole number of 2 or more"),
    "shared",
  ),
};

const schema = v.strictObject(fields);

/** What `guard.config.ts` may say; what it does not say has the default below. */
export type GuardConfigInput = v.InferInput<typeof schema>;

/** A configuration that was checked, every default filled in. It holds no secret. */
export type GuardConfig = v.InferOutput<typeof schema>;

/**
 * Checks a configuration and fills in its defaults.
 * @throws Error that names the file, and of everything that is wrong the field, what it is and what it has to be.
 */
export function defineGuardConfig(config: GuardConfigInput): GuardConfig {
  const unknown = Object.keys(config).filter((key) => !Object.hasOwn(fields, key));
  const result = v.safeParse(v.object(fields), config);
  const problems = [
    ...unknown.map(unknownField),
    ...(result.issues ?? []).map(
      (issue) => `\`${v.getDotPath(issue)}\` is ${issue.received}: ${issue.message}`,
    ),
  ];
  if (problems.length === 0 && result.success) return result.output;
  throw new Error(problems.map((problem) => `guard.config.ts: ${problem}`).join("\n"));
}

function unknownField(key: string): string {
  const known = Object.keys(fields);
  const nearest = nearestWord(key, known);
  const fix = nearest === undefined ? `there are ${known.join(", ")}` : `did you mean \`${nearest}\`?`;
  return `\`${key}\` is not a setting: ${fix}`;
}

function oneOf<const T extends readonly [string, string, ...string[]]>(options: T, standard: T[number]) {
  return v.optional(
    v.picklist(options, `has to be ${options.map((option) => `\`${option}\``).join(" or ")}`),
    standard,
  );
}

function wholeNumber(least: number, most: number) {
  const message = `has to be a whole number from ${least} to ${most}`;
  return v.pipe(v.number(message), v.integer(message), v.minValue(least, message), v.maxValue(most, message));
}

function listOf(pattern: RegExp, what: string) {
  const message = `has to be ${what}`;
  return v.optional(v.array(v.pipe(v.string(message), v.regex(pattern, message)), "has to be a list"), []);
}
