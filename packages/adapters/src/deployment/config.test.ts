import { describe, expect, test } from "vitest";
import shipped from "../../../../guard.config.ts";
import { defineGuardConfig, type GuardConfig } from "./config.ts";

const DEFAULTS: GuardConfig = {
  mode: "monitor",
  containAt: "near-full",
  awsManaged: "alert",
  protectedPrincipals: [],
  maxAttachments: 20,
  emails: [],
  slack: false,
  amazonQ: false,
  historyRetentionDays: 365,
  sweepSchedule: "rate(1 day)",
  concurrency: "shared",
};

describe("a configuration", () => {
  test("that says nothing has the defaults, which change nothing in IAM", () => {
    expect(defineGuardConfig({})).toEqual(DEFAULTS);
  });

  test("as it is shipped says what the defaults are", () => {
    expect(shipped).toEqual(DEFAULTS);
  });

  test("keeps what it says", () => {
    const config: GuardConfig = {
      mode: "enforce",
      containAt: "full",
      awsManaged: "contain",
      protectedPrincipals: ["role/BreakGlass", "arn:aws-us-gov:iam::111122223333:user/ops/alex"],
      maxAttachments: 3,
      emails: ["security@example.com"],
      slack: true,
      amazonQ: true,
      historyRetentionDays: 731,
      sweepSchedule: "cron(0 6 * * ? *)",
      concurrency: 5,
    };
    expect(defineGuardConfig(config)).toEqual(config);
  });
});

describe("a mistake names file, field and cure", () => {
  test.each<[object, string]>([
    [
      { protectedPrincipal: [] },
      "`protectedPrincipal` is not a setting: did you mean `protectedPrincipals`?",
    ],
    [
      { webhook: "x" },
      "`webhook` is not a setting: there are mode, containAt, regions, awsManaged, protectedPrincipals,",
    ],
    [{ toString: "x" }, "`toString` is not a setting: there are "],
    [{ mode: "enforced" }, '`mode` is "enforced": has to be `monitor` or `enforce`'],
    [{ mode: null }, "`mode` is null: has to be `monitor` or `enforce`"],
    [
      { containAt: "invalid" },
      '`containAt` is "invalid": has to be `full` or `near-full` or `escalation` or `scoped-full`',
    ],
    [{ regions: ["Europe"] }, '`regions.0` is "Europe": has to be a Region such as `eu-west-1`'],
    [{ regions: [] }, "`regions` is 0: has to name a Region, or be left out"],
    [{ protectedPrincipals: ["role/*"] }, '`protectedPrincipals.0` is "role/*": has to be `role/Name`'],
    [
      { protectedPrincipals: ["BreakGlass"] },
      '`protectedPrincipals.0` is "BreakGlass": has to be `role/Name`',
    ],
    [
      { protectedPrincipals: "role/BreakGlass" },
      '`protectedPrincipals` is "role/BreakGlass": has to be a list',
    ],
    [{ maxAttachments: 0 }, "`maxAttachments` is 0: has to be a whole number from 1 to 10000"],
    [{ maxAttachments: 1.5 }, "`maxAttachments` is 1.5: has to be a whole number from 1 to 10000"],
    [{ emails: ["security"] }, '`emails.0` is "security": has to be an e-mail address'],
    [
      { slack: "https://hooks.slack.com" },
      '`slack` is "https://hooks.slack.com": has to be `true` or `false`',
    ],
    [
      { historyRetentionDays: 100 },
      "`historyRetentionDays` is 100: has to be what CloudWatch Logs takes: 1, 3, 5",
    ],
    [{ sweepSchedule: "daily" }, '`sweepSchedule` is "daily": has to be a schedule such as `rate(1 day)`'],
    [{ concurrency: 1 }, "`concurrency` is 1: has to be a whole number from 2 to 1000"],
    [{ concurrency: "all" }, '`concurrency` is "all": has to be `shared` or a whole number of 2 or more'],
  ])("%j", (config, problem) => {
    expect(() => defineGuardConfig(config)).toThrow(`guard.config.ts: ${problem}`);
  });

  test("and all of them are told at once", () => {
    const config: object = { mod: "enforce", maxAttachments: -1 };
    expect(() => defineGuardConfig(config)).toThrow(
      "guard.config.ts: `mod` is not a setting: did you mean `mode`?\n" +
        "guard.config.ts: `maxAttachments` is -1: has to be a whole number from 1 to 10000",
    );
  });
});
