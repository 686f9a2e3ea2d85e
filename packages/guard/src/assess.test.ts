import { readApiCall } from "@kms-guard/core/events/read-api-call.ts";
import type { Exemption } from "@kms-guard/core/exemptions/exemption.ts";
import type { ManagedPolicy } from "@kms-guard/core/policy/policy.ts";
import {
  ENFORCE,
  EXEMPTION,
  FULL as FULL_VERDICT,
  KMS_STAR,
  MALLORY,
  PERMISSION_SET,
  TEAM_X,
} from "@kms-guard/testing/examples/team-x.ts";
import { GuardedAccount, iamEvent } from "@kms-guard/testing/fakes/guarded-account.ts";
import { describe, expect, test } from "vitest";
import { type Assessment, assess, type Detection, decideOn, detectionFrom, triage } from "./assess.ts";
import type { PolicySnapshot } from "./policies/read-policy.ts";

const FULL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}';
const READ_ONLY =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:DescribeKey","Resource":"*"}]}';
const TOOLS = "arn:aws:iam::111122223333:policy/Tools";

const triaged = (event: unknown, settings = ENFORCE) => {
  const reading = readApiCall(event);
  if (reading.kind !== "api-call") throw new Error(`not an API call: ${reading.kind}`);
  return triage(reading.call, settings, Date.UTC(2026, 0, 1));
};

const making = (requestParameters: unknown) =>
  iamEvent("CreatePolicy", requestParameters, {
    responseElements: { policy: { policyName: "Tools", arn: TOOLS, path: "/", defaultVersionId: "v1" } },
  });

test("a harmless new policy is answered: clean", () => {
  expect(triaged(making({ policyName: "Tools", policyDocument: READ_ONLY }))).toEqual({
    outcome: "clean",
    reason: "a new policy without full kms:*, attached to nobody",
  });
});

test.each([
  ["full", { policyName: "Tools", policyDocument: FULL }],
  ["unreadable", { policyName: "Tools", policyDocument: READ_ONLY.slice(0, -1) }],
  ["absent from the record", { policyName: "Tools" }],
  ["hidden", { policyName: "Tools", policyDocument: "HIDDEN_DUE_TO_SECURITY_REASONS" }],
  ["left out with all parameters", { omitted: true, originalSize: 149_893 }],
  ["beside parameters that are left out", { policyName: "Tools", policyDocument: READ_ONLY, omitted: true }],
])("a new policy has to be looked at where its document is %s", (_, requestParameters) => {
  expect(triaged(making(requestParameters))).toBeUndefined();
});

test("a harmless new version has to be looked at: the policy has versions, and attachments", () => {
  const event = iamEvent("CreatePolicyVersion", { policyArn: TOOLS, policyDocument: READ_ONLY });
  expect(triaged(event)).toBeUndefined();
});

test("a harmless document put on a principal has to be looked at: IAM decides", () => {
  const event = iamEvent("PutUserPolicy", {
    userName: "alice",
    policyName: "own",
    policyDocument: READ_ONLY,
  });
  expect(triaged(event)).toBeUndefined();
});

test("a call in another account is answered", () => {
  const elsewhere = { ...ENFORCE, account: { id: "444455556666", partition: "aws" } };
  const attaching = iamEvent("AttachUserPolicy", { userName: "alice", policyArn: TOOLS });
  expect(triaged(attaching, elsewhere)).toEqual({ outcome: "not-ours", reason: "another account's" });
  expect(triaged(attaching)).toBeUndefined();
});

test("what is answered makes no call on IAM or the table", async () => {
  const world = new GuardedAccount();
  const exemptions: string[] = [];
  world.findings.exemptions = async () => {
    exemptions.push("read");
    return [];
  };
  await world.guard(making({ policyName: "Tools", policyDocument: READ_ONLY }));
  await world.guard(iamEvent("CreateUser", { userName: "alice" }));
  expect(world.calls).toEqual([]);
  expect(exemptions).toEqual([]);

  await world.guard(making({ policyName: "Tools", policyDocument: FULL }));
  expect(world.calls).toContain("GetPolicy");
  expect(exemptions).toEqual(["read"]);
});

const attached = (...names: readonly string[]): ManagedPolicy => ({
  ...TEAM_X,
  attachments: names.map((name) => ({ type: "user", name })),
});
const SWEEP: Detection = { trigger: { kind: "sweep" }, receivedAtMs: 0, meetsKnownFindings: true };
const NOW_MS = Date.parse("2026-11-23T03:00:08Z");

function decided(snapshot: PolicySnapshot, exemptions: readonly Exemption[] = []) {
  const decidedOn = decideOn(snapshot, FULL_VERDICT, SWEEP, exemptions, ENFORCE, NOW_MS);
  if (decidedOn === undefined) throw new Error("no violation");
  return decidedOn;
}

describe("the detection of a call", () => {
  const userName = "alice";
  const calling = (eventName: string, requestParameters: object) => {
    const reading = readApiCall(iamEvent(eventName, requestParameters));
    if (reading.kind !== "api-call") throw new Error(`not an API call: ${reading.kind}`);
    return detectionFrom(reading.call, "event", NOW_MS);
  };

  test.each<[string, object, Pick<Detection, "principalOfEvent" | "meetsKnownFindings">]>([
    [
      "AttachUserPolicy",
      { userName, policyArn: TOOLS },
      { principalOfEvent: { type: "user", name: "alice" }, meetsKnownFindings: false },
    ],
    ["DetachUserPolicy", { userName, policyArn: TOOLS }, { meetsKnownFindings: true }],
    ["PutUserPolicy", { userName, policyName: "own", policyDocument: FULL }, { meetsKnownFindings: false }],
    ["AttachUserPolicy", { omitted: true, originalSize: 149_893 }, { meetsKnownFindings: true }],
  ])("%s %j", (eventName, requestParameters, expected) => {
    const { principalOfEvent, meetsKnownFindings } = calling(eventName, requestParameters);
    expect({ ...(principalOfEvent && { principalOfEvent }), meetsKnownFindings }).toEqual(expected);
  });
});

describe("what is decided", () => {
  test("is to alert on what is not in force, with the reason in the title and without a plan", () => {
    const { finding, decision } = decided({ policy: attached("alice"), notInForce: "armed: `v3` is stored" });
    expect(decision).toMatchObject({ action: "alert", reason: "armed: `v3` is stored", plan: [] });
    expect(finding.title).toBe("not in force: full kms:* in policy TeamX: armed: `v3` is stored");
    expect(finding.notInForce).toBe("armed: `v3` is stored");
    expect(finding.policy).toMatchObject({ versionId: "v3" });
  });

  test("is of no version where the version is not known", () => {
    const snapshot = { policy: attached(), notInForce: "gone by now", isVersionUnknown: true } as const;
    expect(decided(snapshot).finding.policy).not.toHaveProperty("versionId");
    expect(decided({ policy: attached(), isVersionUnknown: true }).finding.policy).toHaveProperty(
      "versionId",
    );
  });

  test("is exempt, though it is not in force", () => {
    const { decision } = decided({ policy: attached("alice"), notInForce: "armed" }, [EXEMPTION]);
    expect(decision.action).toBe("exempt");
  });

  test("is the same finding of the same principals, and another where one is new", () => {
    const idOf = (...names: readonly string[]) => decided({ policy: attached(...names) }).finding.id;
    expect(idOf("bob", "Alice")).toBe(idOf("alice", "bob"));
    expect(idOf("alice", "bob", "carol")).not.toBe(idOf("alice", "bob"));
  });

  test("is nothing on what is no violation", () => {
    const none = { ...FULL_VERDICT, name: "none" } as const;
    expect(decideOn({ policy: TEAM_X }, none, SWEEP, [], ENFORCE, NOW_MS)).toBeUndefined();
  });
});

describe("a policy of an account scan", () => {
  const ALICE = { type: "user", name: "alice" } as const;

  /** What is assessed of the policy that the scan saw, after this happened in IAM. */
  async function assessed(happens: (world: GuardedAccount) => void = () => undefined) {
    const world = new GuardedAccount();
    world.iam.createUser("alice");
    world.iam.createPolicy("TeamX", KMS_STAR);
    world.iam.attachPolicy(ALICE, TEAM_X.arn);
    happens(world);
    const snapshot = { policy: attached("alice", "bob"), fromAccountScan: true } as const;
    return assess(world.ports, world.settings, SWEEP, snapshot, Promise.resolve([]));
  }
  const planned = (assessment: Assessment | undefined) =>
    assessment?.decision.plan.map(({ target }) => target.principal.name);

  test("is contained as it is in IAM now", async () => {
    expect(planned(await assessed())).toEqual(["alice"]);
  });

  test.each<[string, (world: GuardedAccount) => void]>([
    ["has a harmless text by now", ({ iam }) => iam.createPolicyVersion(TEAM_X.arn, READ_ONLY, true)],
    [
      "is gone by now",
      ({ iam }) => {
        iam.detachPolicy(ALICE, TEAM_X.arn);
        iam.deletePolicy(TEAM_X.arn);
      },
    ],
  ])("is no violation where it %s", async (_, happens) => {
    expect(await assessed(happens)).toBeUndefined();
  });

  test("is alerted on where nobody has it by now", async () => {
    const assessment = await assessed(({ iam }) => iam.detachPolicy(ALICE, TEAM_X.arn));
    expect(assessment?.decision).toMatchObject({ action: "alert", reason: "attached to nobody yet" });
  });

  test("is not contained where it cannot be read again", async () => {
    const assessment = await assessed((world) => {
      world.fault = () => new Error("Throttling");
    });
    expect(assessment?.blockedBy?.message).toBe("the policy could not be read again: Throttling");
  });
});

describe("what cannot be read", () => {
  test("of the exemptions blocks a containment", async () => {
    const { ports, settings } = new GuardedAccount();
    const unread = new Error("the exemptions cannot be read");
    const assessment = await assess(ports, settings, SWEEP, { policy: TEAM_X }, Promise.resolve(unread));
    expect(assessment?.decision.action).toBe("alert");
    expect(assessment?.blockedBy).toBe(unread);
  });

  test("of a role's path lets its name count, and calls for another run", async () => {
    const world = new GuardedAccount();
    world.fault = () => new Error("Throttling");
    const policy: ManagedPolicy = { ...TEAM_X, attachments: [PERMISSION_SET, MALLORY] };
    const assessment = await assess(world.ports, world.settings, SWEEP, { policy }, Promise.resolve([]));
    expect(assessment?.decision.plan.map(({ target }) => target.principal.name)).toEqual(["mallory"]);
    expect(assessment?.blockedBy).toBeUndefined();
    expect(assessment?.failures.map(({ message }) => message)).toEqual([
      "a role's path could not be read: Throttling",
    ]);
  });
});
