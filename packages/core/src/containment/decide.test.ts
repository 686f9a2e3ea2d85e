import {
  ADMINISTRATOR_ACCESS,
  ADMINS,
  COMBINED,
  DEPLOY,
  ENFORCE,
  EXEMPTION,
  FULL,
  INLINE,
  KMS_STAR,
  KMS_STAR_SHA256,
  MALLORY,
  PERMISSION_SET,
  TEAM_X,
} from "@kms-guard/testing/examples/team-x.ts";
import { describe, expect, it } from "vitest";
import type { Exemption } from "../exemptions/exemption.ts";
import { type DecisionInput, decide } from "./decide.ts";
import type { Decision } from "./decision.ts";
import type { GuardSettings } from "./guard-settings.ts";
import type { ContainmentStep } from "./steps.ts";

const NOW_MS = Date.parse("2026-11-23T03:00:08Z");

interface Given {
  readonly policy?: DecisionInput["policy"];
  readonly verdict?: DecisionInput["verdict"];
  readonly principalOfEvent?: NonNullable<DecisionInput["principalOfEvent"]>;
  readonly exemptions?: readonly Exemption[] | "unreadable";
  readonly settings?: Partial<GuardSettings>;
  readonly nowMs?: number;
}

function decideOn(given: Given): Decision {
  const { principalOfEvent } = given;
  return decide(
    {
      policy: given.policy ?? TEAM_X,
      verdict: given.verdict ?? FULL,
      ...(principalOfEvent !== undefined && { principalOfEvent }),
    },
    given.exemptions ?? [],
    { ...ENFORCE, ...given.settings },
    given.nowMs ?? NOW_MS,
  );
}

const ALL = ["user mallory", "role Deploy", "group Admins"];

function principalsIn(plan: readonly ContainmentStep[]): readonly string[] {
  return plan.map(({ target: { principal } }) => `${principal.type} ${principal.name}`);
}

interface Case {
  readonly name: string;
  readonly given: Given;
  readonly action: Decision["action"];
  readonly plan: readonly string[];
  readonly reason: string | RegExp;
}

function check({ given, action, plan, reason }: Case): void {
  const decision = decideOn(given);
  expect({ action: decision.action, plan: principalsIn(decision.plan) }).toEqual({ action, plan });
  expect(decision.reason).toMatch(reason);
}

const conditional = { name: "conditional-full", vacuous: false } as const;

describe("which verdicts are contained", () => {
  it.each<Case>([
    {
      name: "full is",
      given: {},
      action: "contain",
      plan: ALL,
      reason: "`full` is contained in enforce mode",
    },
    {
      name: "near-full is by default",
      given: { verdict: { name: "near-full", vacuous: false } },
      action: "contain",
      plan: ALL,
      reason: "`near-full` is contained in enforce mode",
    },
    {
      name: "near-full is not where only full is contained",
      given: { verdict: { name: "near-full", vacuous: false }, settings: { containAt: "full" } },
      action: "alert",
      plan: ALL,
      reason: "the setting containAt is `full`: `near-full` is only alerted on",
    },
    {
      name: "full is even then",
      given: { settings: { containAt: "full" } },
      action: "contain",
      plan: ALL,
      reason: "`full` is contained",
    },
    {
      name: "conditional-full is not",
      given: { verdict: conditional },
      action: "alert",
      plan: ALL,
      reason: "`conditional-full` is never contained, only alerted on",
    },
    {
      name: "conditional-full is where its conditions always hold, and counts as full",
      given: { verdict: { ...conditional, vacuous: true }, settings: { containAt: "full" } },
      action: "contain",
      plan: ALL,
      reason: "`conditional-full` is contained",
    },
    {
      name: "scoped-full is not",
      given: { verdict: { name: "scoped-full", vacuous: false } },
      action: "alert",
      plan: ALL,
      reason: "the setting containAt is `near-full`: `scoped-full` is only alerted on",
    },
    {
      name: "a document that cannot be evaluated is not",
      given: { verdict: { name: "invalid", vacuous: false } },
      action: "alert",
      plan: ALL,
      reason: "cannot be evaluated",
    },
    {
      name: "nothing is planned where nothing is granted",
      given: { verdict: { name: "none", vacuous: false } },
      action: "alert",
      plan: [],
      reason: "is no violation",
    },
    {
      name: "monitor contains nothing, and has the plan for a person",
      given: { settings: { mode: "monitor" } },
      action: "alert",
      plan: ALL,
      reason: "monitor mode only alerts",
    },
    {
      name: "policies that are full only together are alerted on",
      given: { policy: COMBINED },
      action: "alert",
      plan: [],
      reason: /^a person decides which of the policies to take away$/,
    },
    {
      name: "policies that are full together may be exempt",
      given: {
        policy: COMBINED,
        exemptions: [
          {
            ...EXEMPTION,
            policy: {
              kind: "combined",
              principal: COMBINED.principal,
              documentSha256: COMBINED.documentSha256,
            },
          },
        ],
      },
      action: "exempt",
      plan: [],
      reason: "exempt by ex-1",
    },
    {
      name: "an inline policy is contained on its principal",
      given: { policy: INLINE },
      action: "contain",
      plan: ["user mallory"],
      reason: "`full` is contained",
    },
    {
      name: "a policy that nobody has is alerted on",
      given: { policy: { ...TEAM_X, attachments: [] } },
      action: "alert",
      plan: [],
      reason: "attached to nobody yet",
    },
    {
      name: "a boundary is not an attachment",
      given: { policy: { ...TEAM_X, attachments: [], boundaryOf: [MALLORY] } },
      action: "alert",
      plan: [],
      reason: "attached to nobody yet",
    },
    {
      name: "nor is it in the plan beside an attachment",
      given: { policy: { ...TEAM_X, attachments: [DEPLOY], boundaryOf: [MALLORY] } },
      action: "contain",
      plan: ["role Deploy"],
      reason: "`full` is contained",
    },
  ])("$name", check);
});

describe("AWS managed policies", () => {
  const policy = ADMINISTRATOR_ACCESS;
  it.each<Case>([
    {
      name: "are only alerted on by default, with the command for the principal that the event names",
      given: { policy, principalOfEvent: MALLORY },
      action: "alert",
      plan: ["user mallory"],
      reason: "only alert on AWS managed policies",
    },
    {
      name: "are taken from the principal that the event names where the settings say so",
      given: { policy, principalOfEvent: MALLORY, settings: { awsManaged: "contain" } },
      action: "contain",
      plan: ["user mallory"],
      reason: "`full` is contained",
    },
    {
      name: "are not where the event names nobody",
      given: { policy, settings: { awsManaged: "contain" } },
      action: "alert",
      plan: ALL,
      reason: "only from the principal that an event names",
    },
    {
      name: "are not where that principal no longer has it",
      given: {
        policy,
        principalOfEvent: { type: "user", name: "gone" },
        settings: { awsManaged: "contain" },
      },
      action: "alert",
      plan: [],
      reason: "user `gone` no longer has it",
    },
    {
      name: "of a principal that is exempt are exempt, though others have them",
      given: {
        policy,
        principalOfEvent: MALLORY,
        exemptions: [
          {
            ...EXEMPTION,
            policy: { kind: "managed", arn: policy.arn },
            principal: { type: "user", name: "mallory" },
          },
        ],
      },
      action: "exempt",
      plan: [],
      reason: "exempt by ex-1",
    },
    {
      name: "of the account's own kind are taken from everybody, whomever the event names",
      given: { principalOfEvent: MALLORY },
      action: "contain",
      plan: ALL,
      reason: "`full` is contained",
    },
  ])("$name", check);
});

describe("the circuit breaker", () => {
  it.each<Case>([
    {
      name: "passes over a protected principal by ARN, which shields nobody",
      given: { settings: { protectedPrincipals: ["arn:aws:iam::111122223333:role/ci/Deploy"] } },
      action: "contain",
      plan: ["user mallory", "group Admins"],
      reason: "`full` is contained in enforce mode; role `Deploy` must not be changed",
    },
    {
      name: "passes over the guard's own role, which shields nobody",
      given: { policy: { ...TEAM_X, attachments: [MALLORY, { type: "role", name: "Guard" }] } },
      action: "contain",
      plan: ["user mallory"],
      reason: "role `Guard` must not be changed",
    },
    {
      name: "counts no protected principal among those that may be taken at once",
      given: { settings: { maxAttachments: 2, protectedPrincipals: ["role/Deploy"] } },
      action: "contain",
      plan: ["user mallory", "group Admins"],
      reason: "role `Deploy` must not be changed",
    },
    {
      name: "lets a plan without it pass",
      given: {
        policy: { ...TEAM_X, attachments: [MALLORY] },
        settings: { protectedPrincipals: ["arn:aws:iam::111122223333:role/ci/Deploy"] },
      },
      action: "contain",
      plan: ["user mallory"],
      reason: "`full` is contained",
    },
    {
      name: "speaks for the guard's own role of unknown ARN by its name",
      given: { policy: { ...TEAM_X, attachments: [{ type: "role", name: "Guard" }] } },
      action: "alert",
      plan: ["role Guard"],
      reason: "role `Guard` must not be changed",
    },
    {
      name: "speaks where there are more attachments than may be taken at once",
      given: { settings: { maxAttachments: 2 } },
      action: "alert",
      plan: ALL,
      reason: "3 attachments are more than the 2 that may be detached at once",
    },
    {
      name: "lets exactly so many pass",
      given: { settings: { maxAttachments: 3 } },
      action: "contain",
      plan: ALL,
      reason: "`full` is contained",
    },
    {
      name: "does not count, nor protect, what is exempt",
      given: {
        settings: { maxAttachments: 2, protectedPrincipals: ["user/mallory"] },
        exemptions: [{ ...EXEMPTION, principal: { type: "user", name: "mallory" } }],
      },
      action: "contain",
      plan: ["role Deploy", "group Admins"],
      reason: "user `mallory` is exempt by ex-1",
    },
  ])("$name", check);
});

describe("roles that only AWS can change", () => {
  it.each<Case>([
    {
      name: "are left out, named with their permission set, and the others contained",
      given: { policy: { ...TEAM_X, attachments: [PERMISSION_SET, MALLORY] } },
      action: "contain",
      plan: ["user mallory"],
      reason: "change permission set `DataTeam` in IAM Identity Center",
    },
    {
      name: "are alerted on where there is nobody else",
      given: { policy: { ...TEAM_X, attachments: [PERMISSION_SET] } },
      action: "alert",
      plan: [],
      reason: /^no principal that the guard can change; role `AWSReservedSSO_DataTeam_0123456789abcdef`/,
    },
    {
      name: "are known by their path, so that a name alone protects nobody",
      given: {
        policy: {
          ...TEAM_X,
          attachments: [{ ...PERMISSION_SET, arn: `arn:aws:iam::111122223333:role/${PERMISSION_SET.name}` }],
        },
      },
      action: "contain",
      plan: ["role AWSReservedSSO_DataTeam_0123456789abcdef"],
      reason: "`full` is contained",
    },
    {
      name: "are service-linked ones too",
      given: {
        policy: { ...TEAM_X, attachments: [{ type: "role", name: "AWSServiceRoleForSupport" }, DEPLOY] },
      },
      action: "contain",
      plan: ["role Deploy"],
      reason: "role `AWSServiceRoleForSupport` can only be changed by AWS (service-linked role)",
    },
  ])("$name", check);
});

describe("exemptions", () => {
  const forMallory: Exemption = { ...EXEMPTION, id: "ex-2", principal: { type: "user", name: "mallory" } };
  it.each<Case>([
    {
      name: "of the policy let all of it stand, in monitor mode too",
      given: { exemptions: [EXEMPTION], settings: { mode: "monitor" } },
      action: "exempt",
      plan: [],
      reason:
        /^exempt by ex-1 of team-x@example\.com until 2026-12-01T00:00:00Z: migration of the key store$/,
    },
    {
      name: "of another policy do not",
      given: {
        exemptions: [
          { ...EXEMPTION, policy: { kind: "managed", arn: "arn:aws:iam::111122223333:policy/TeamY" } },
        ],
      },
      action: "contain",
      plan: ALL,
      reason: "`full` is contained",
    },
    {
      name: "count until the last millisecond",
      given: { exemptions: [EXEMPTION], nowMs: Date.parse("2026-11-30T23:59:59.999Z") },
      action: "exempt",
      plan: [],
      reason: "exempt by ex-1",
    },
    {
      name: "do not count from their expiry on",
      given: { exemptions: [EXEMPTION], nowMs: Date.parse("2026-12-01T00:00:00.000Z") },
      action: "contain",
      plan: ALL,
      reason: "`full` is contained",
    },
    {
      name: "of one principal leave the others to be contained",
      given: { exemptions: [forMallory] },
      action: "contain",
      plan: ["role Deploy", "group Admins"],
      reason: "`full` is contained in enforce mode; user `mallory` is exempt by ex-2",
    },
    {
      name: "of each principal are an exemption of all",
      given: {
        policy: { ...TEAM_X, attachments: [MALLORY, ADMINS] },
        exemptions: [forMallory, { ...EXEMPTION, id: "ex-3", principal: { type: "group", name: "Admins" } }],
      },
      action: "exempt",
      plan: [],
      reason: /ex-2 .* ex-3 /,
    },
    {
      name: "bound to this text let it stand",
      given: { exemptions: [{ ...EXEMPTION, documentSha256: KMS_STAR_SHA256 }] },
      action: "exempt",
      plan: [],
      reason: "exempt by ex-1",
    },
    {
      name: "bound to this text do not let another stand",
      given: {
        policy: { ...TEAM_X, document: `${KMS_STAR} ` },
        exemptions: [{ ...EXEMPTION, documentSha256: KMS_STAR_SHA256 }],
      },
      action: "contain",
      plan: ALL,
      reason: "`full` is contained",
    },
    {
      name: "of the policy cover it while nobody holds it",
      given: { policy: { ...TEAM_X, attachments: [] }, exemptions: [EXEMPTION] },
      action: "exempt",
      plan: [],
      reason: "exempt by ex-1",
    },
    {
      name: "of one principal do not cover it while nobody holds it",
      given: { policy: { ...TEAM_X, attachments: [] }, exemptions: [forMallory] },
      action: "alert",
      plan: [],
      reason: "attached to nobody yet",
    },
    {
      name: "that cannot be read stop the containment",
      given: { exemptions: "unreadable" },
      action: "alert",
      plan: ALL,
      reason: "the exemptions cannot be read, so nothing is contained",
    },
    {
      name: "do not silence a document that cannot be evaluated",
      given: { verdict: { name: "invalid", vacuous: false }, exemptions: [EXEMPTION] },
      action: "alert",
      plan: ALL,
      reason: "cannot be evaluated",
    },
  ])("$name", check);
});

it("keeps the reason short however many are protected", () => {
  const attachments = Array.from({ length: 9 }, (_, index) => ({ type: "user", name: `u${index}` }) as const);
  const settings = { protectedPrincipals: attachments.map(({ name }) => `user/${name}`) };
  expect(decideOn({ policy: { ...TEAM_X, attachments }, settings }).reason).toBe(
    "no principal that the guard can change; user `u0`, user `u1`, user `u2`, user `u3`, user `u4`, 4 more must not be changed",
  );
});
