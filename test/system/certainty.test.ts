import { handleEvent } from "@kms-guard/guard/handle-event.ts";
import type { AccountPolicy, PolicyReader } from "@kms-guard/guard/ports.ts";
import { sweep } from "@kms-guard/guard/sweep.ts";
import { GuardedAccount, stepsOf } from "@kms-guard/testing/fakes/guarded-account.ts";
import { describe, expect, it } from "vitest";

const FULL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}';
const READ_ONLY =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:DescribeKey","Resource":"*"}]}';
const EVERYTHING = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}';
const TOOLS = "arn:aws:iam::111122223333:policy/Tools";
const ALICE = { type: "user", name: "alice" } as const;

/** The account's details come first; what `happens` does is done before the guard has the first policy of them. */
function afterTheSurvey(world: GuardedAccount, happens: () => void): GuardedAccount["ports"] {
  const { account } = world;
  const accountPolicies: PolicyReader["accountPolicies"] = async function* (isOfInterest) {
    const survey: AccountPolicy[] = [];
    for await (const policy of account.accountPolicies(isOfInterest)) survey.push(policy);
    happens();
    yield* survey;
  };
  const policies = new Proxy(account, {
    get: (target, name) => {
      if (name === "accountPolicies") return accountPolicies;
      const member: unknown = Reflect.get(target, name);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
  return { ...world.ports, policies };
}

function throttled(): Error {
  return Object.assign(new Error("Rate exceeded"), { name: "Throttling" });
}

describe("what IAM does not answer", () => {
  it("is never taken for contained, though a containment was begun", async () => {
    const world = new GuardedAccount();
    world.iam.createUser("alice");
    const event = world.happen("PutUserPolicy", {
      userName: "alice",
      policyName: "own",
      policyDocument: FULL,
    });
    world.fault = (operation) => (operation === "DeleteUserPolicy" ? throttled() : undefined);
    await expect(world.guard(event)).rejects.toThrow("may work later");
    world.fault = (operation) => (operation === "GetUserPolicy" ? throttled() : undefined);
    await expect(world.guard(event)).rejects.toThrow("Rate exceeded");

    expect(world.iam.principal(ALICE).inline.get("own")).toBe(FULL);
    expect(await world.statuses()).toEqual(["containment-failed"]);
    expect(world.told).not.toContain("contained");

    world.fault = () => undefined;
    const report = await world.guard(event);
    expect(stepsOf(report.findings[0])).toEqual(["delete-user-policy alice done"]);
    expect(world.iam.principal(ALICE).inline.size).toBe(0);
  });
});

describe("an inline policy that was deleted, by an invocation that was cut off before it wrote that down,", () => {
  it("counts as taken away, and can be restored", async () => {
    const world = new GuardedAccount();
    world.iam.createUser("alice");
    const event = world.happen("PutUserPolicy", {
      userName: "alice",
      policyName: "own",
      policyDocument: FULL,
    });
    const perform = () => {
      world.iam.deleteInlinePolicy(ALICE, "own");
      return new Promise<never>(() => undefined);
    };
    const writer = { perform, isUnchanged: async () => true };
    void handleEvent({ ...world.ports, writer }, world.settings)(event);
    await expect.poll(() => world.iam.principal(ALICE).inline.size).toBe(0);

    const report = await world.guard(event);
    expect(report.findings[0]?.status).toBe("contained");
    expect(stepsOf(report.findings[0])).toEqual(["delete-user-policy alice done"]);
  });
});

it("a full version that waited, told as that, is told again when it is in force unseen, held by nobody", async () => {
  const world = new GuardedAccount();
  world.iam.createPolicy("Tools", READ_ONLY);
  await world.guard(
    world.happen(
      "CreatePolicyVersion",
      { policyArn: TOOLS, policyDocument: FULL },
      { responseElements: { policyVersion: { versionId: "v2", isDefaultVersion: false } } },
    ),
  );
  await sweep(world.ports, world.settings)("scheduled");
  expect(world.alerts.findings.map(({ notInForce }) => notInForce !== undefined)).toEqual([true]);
  world.iam.setDefaultPolicyVersion(TOOLS, "v2");
  await sweep(world.ports, world.settings)("scheduled");
  expect(
    world.alerts.findings
      .filter(({ status }) => status === "open")
      .map(({ notInForce }) => notInForce !== undefined),
  ).toEqual([true, false]);
});

describe("a sweep takes nothing away on what it read minutes ago", () => {
  it("when a clean version was put in force since", async () => {
    const world = new GuardedAccount();
    world.iam.createUser("alice");
    world.iam.createPolicy("Tools", FULL);
    world.iam.attachPolicy(ALICE, TOOLS);
    const ports = afterTheSurvey(world, () => world.iam.createPolicyVersion(TOOLS, READ_ONLY, true));
    await sweep(ports, world.settings)("scheduled");
    expect(world.holders(TOOLS)).toEqual(["user/alice"]);
    expect(world.told).toEqual([]);
  });

  it("when an inline policy was repaired since", async () => {
    const world = new GuardedAccount();
    world.iam.createUser("alice");
    world.iam.putInlinePolicy(ALICE, "own", FULL);
    const ports = afterTheSurvey(world, () => world.iam.putInlinePolicy(ALICE, "own", READ_ONLY));
    await sweep(ports, world.settings)("scheduled");
    expect(world.iam.principal(ALICE).inline.get("own")).toBe(READ_ONLY);
  });

  it("when the policy is gone since: that is no finding", async () => {
    const world = new GuardedAccount();
    world.iam.createUser("alice");
    world.iam.putInlinePolicy(ALICE, "own", FULL);
    const ports = afterTheSurvey(world, () => world.iam.deleteInlinePolicy(ALICE, "own"));
    expect((await sweep(ports, world.settings)("scheduled")).findings).toEqual([]);
    expect(world.told).toEqual([]);
  });

  it("nor does a call that hides its parameters", async () => {
    const world = new GuardedAccount();
    world.iam.createUser("alice");
    world.iam.putInlinePolicy(ALICE, "own", FULL);
    const ports = afterTheSurvey(world, () => world.iam.putInlinePolicy(ALICE, "own", READ_ONLY));
    await handleEvent(ports, world.settings)(world.happen("PutUserPolicy", { omitted: true }));
    expect(world.iam.principal(ALICE).inline.get("own")).toBe(READ_ONLY);
  });

  it("when it cannot be read once more: then it is told, and the others are judged", async () => {
    const world = new GuardedAccount();
    world.iam.createUser("alice");
    world.iam.createPolicy("Tools", FULL);
    world.iam.attachPolicy(ALICE, TOOLS);
    world.iam.putInlinePolicy(ALICE, "own", FULL);
    world.fault = (operation) => (operation === "GetPolicy" ? throttled() : undefined);
    await expect(sweep(world.ports, world.settings)("scheduled")).rejects.toThrow("Rate exceeded");
    expect(world.holders(TOOLS)).toEqual(["user/alice"]);
    expect(world.iam.principal(ALICE).inline.size).toBe(0);
    expect(world.alerts.findings.map(({ policy, status }) => `${policy.name} ${status}`)).toEqual([
      "Tools open",
      "own contained",
    ]);
  });

  it("but what still stands", async () => {
    const world = new GuardedAccount();
    world.iam.createUser("alice");
    world.iam.putInlinePolicy(ALICE, "own", FULL);
    const ports = afterTheSurvey(world, () => world.iam.putInlinePolicy(ALICE, "own", EVERYTHING));
    const { findings } = await sweep(ports, world.settings)("scheduled");
    expect(world.iam.principal(ALICE).inline.size).toBe(0);
    expect(findings[0]?.containment?.steps).toMatchObject([{ outcome: "done", document: EVERYTHING }]);
  });
});

describe("another text in place of the one that was judged", () => {
  it("is not deleted: its owner may have repaired it while IAM throttled", async () => {
    const world = new GuardedAccount();
    world.iam.createUser("alice");
    const event = world.happen("PutUserPolicy", {
      userName: "alice",
      policyName: "own",
      policyDocument: FULL,
    });
    world.fault = (operation) => (operation === "DeleteUserPolicy" ? throttled() : undefined);
    world.clock.duringSleep(() => {
      world.fault = () => undefined;
      world.iam.putInlinePolicy(ALICE, "own", READ_ONLY);
    });
    await expect(world.guard(event)).rejects.toThrow("another document stands");
    expect(world.iam.principal(ALICE).inline.get("own")).toBe(READ_ONLY);
    await world.guard(event);
    expect(world.iam.principal(ALICE).inline.get("own")).toBe(READ_ONLY);
  });

  /** Alice's `own` is put, in an account where something happens at the guard's so-many-th reading of it. */
  function putAndMeanwhile(nth: number, happens: (world: GuardedAccount) => Error | undefined) {
    const world = new GuardedAccount();
    world.iam.createUser("alice");
    let reads = 0;
    world.fault = (operation) => {
      if (operation === "GetUserPolicy") reads += 1;
      return operation === "GetUserPolicy" && reads === nth ? happens(world) : undefined;
    };
    const parameters = { userName: "alice", policyName: "own", policyDocument: FULL };
    return { world, event: world.happen("PutUserPolicy", parameters) };
  }
  const ownText = (world: GuardedAccount) => world.iam.principal(ALICE).inline.get("own");
  const readsAndDeletes = (world: GuardedAccount) =>
    world.calls.filter((call) => call === "GetUserPolicy" || call === "DeleteUserPolicy");

  it("is not deleted, where it came after the judging: the next run judges that one", async () => {
    const { world, event } = putAndMeanwhile(2, ({ iam }) => {
      iam.putInlinePolicy(ALICE, "own", EVERYTHING);
      return undefined;
    });
    const unsettled = await world.guard(event).catch((error: unknown) => error);
    expect(unsettled).toMatchObject({ message: expect.stringContaining("another document stands") });
    expect(ownText(world)).toBe(EVERYTHING);
    expect(world.alerts.findings[0]).toMatchObject({
      status: "containment-failed",
      containment: { steps: [{ outcome: "failed", document: FULL }] },
    });

    const { findings } = await world.guard(event);
    expect(ownText(world)).toBeUndefined();
    expect(findings.at(-1)?.containment?.steps).toMatchObject([{ outcome: "done", document: EVERYTHING }]);
  });

  it("is looked for once, while the finding is being recorded, where IAM answers", async () => {
    const { world, event } = putAndMeanwhile(1, () => undefined);
    await world.guard(event);
    // What was judged, what is about to be deleted, the second look after it.
    expect(readsAndDeletes(world)).toEqual([
      "GetUserPolicy",
      "GetUserPolicy",
      "DeleteUserPolicy",
      "GetUserPolicy",
    ]);
  });

  it("is looked for once more before the deleting, where IAM did not answer the first time", async () => {
    const { world, event } = putAndMeanwhile(2, throttled);
    expect((await world.guard(event)).findings[0]?.status).toBe("contained");
    expect(readsAndDeletes(world).slice(0, 4)).toEqual([
      "GetUserPolicy",
      "GetUserPolicy",
      "GetUserPolicy",
      "DeleteUserPolicy",
    ]);
  });

  it("is not deleted, where recording the finding took long enough for it to be put there", async () => {
    const { world, event } = putAndMeanwhile(1, () => undefined);
    const open = world.findings.open.bind(world.findings);
    world.findings.open = async (...given) => {
      await new Promise(setImmediate);
      await world.clock.sleepMs(1_001);
      world.iam.putInlinePolicy(ALICE, "own", READ_ONLY);
      return open(...given);
    };
    await expect(world.guard(event)).rejects.toThrow("another document stands");
    expect(ownText(world)).toBe(READ_ONLY);
  });

  it("is not deleted by whoever goes on with another's record", async () => {
    const { world, event } = putAndMeanwhile(2, throttled);
    const cutOff = { perform: () => new Promise<never>(() => undefined), isUnchanged: async () => true };
    void handleEvent({ ...world.ports, writer: cutOff }, world.settings)(event);
    await expect.poll(() => world.statuses()).toEqual(["open"]);

    const isUnchanged = async () => {
      world.iam.putInlinePolicy(ALICE, "own", READ_ONLY);
      return true;
    };
    const perform = world.account.perform.bind(world.account);
    world.fault = () => undefined;
    await expect(
      handleEvent({ ...world.ports, writer: { perform, isUnchanged } }, world.settings)(event),
    ).rejects.toThrow("another document stands");
    expect(ownText(world)).toBe(READ_ONLY);
  });

  it("is waited for, where the one that IAM shows at first is exempt", async () => {
    const world = new GuardedAccount();
    world.iam.createUser("alice");
    world.iam.putInlinePolicy(ALICE, "own", FULL);
    await world.findings.addExemption({
      id: "ke-own",
      account: "111122223333",
      policy: { kind: "inline", principal: ALICE, name: "own" },
      // Of FULL.
      documentSha256: "1146050b8dc1639427e3019cfff9bcfde0d88d9b22c856a1563e5ea0c04e795a",
      reason: "agreed",
      owner: "platform",
      createdBy: "arn:aws:iam::111122223333:user/security",
      createdAt: "2026-03-01T00:00:00Z",
      expiresAt: "2026-04-01T00:00:00Z",
    });
    world.account.lagReads(2);
    const event = world.happen("PutUserPolicy", {
      userName: "alice",
      policyName: "own",
      policyDocument: EVERYTHING,
    });
    const report = await world.guard(event);
    expect(report.findings.map(({ status }) => status)).toEqual(["contained"]);
    expect(world.iam.principal(ALICE).inline.size).toBe(0);
  });
});

it("calls that hide their parameters, one after the other, do not drown people in what they know", async () => {
  const world = new GuardedAccount({ mode: "monitor" });
  world.iam.createUser("alice");
  world.iam.createUser("bob");
  world.iam.createPolicy("Tools", FULL);
  world.iam.attachPolicy(ALICE, TOOLS);
  const padded = () =>
    world.happen("PutUserPolicy", { omitted: true, reason: "requestParameters too large", originalSize: 1 });
  await world.guard(padded());
  await world.guard(padded());
  expect(world.told).toEqual(["open"]);
  expect(world.alerts.notices.map(({ kind }) => kind)).toEqual(["parameters-omitted", "parameters-omitted"]);

  world.iam.attachPolicy({ type: "user", name: "bob" }, TOOLS);
  await world.guard(padded());
  expect(world.told).toEqual(["open", "open"]);
});

it("a finding whose end cannot be written down is told, and calls for another run", async () => {
  const world = new GuardedAccount();
  world.iam.createUser("alice");
  const { close } = world.findings;
  world.findings.close = () => Promise.reject(new Error("the table is out of order"));
  const event = world.happen("PutUserPolicy", {
    userName: "alice",
    policyName: "own",
    policyDocument: FULL,
  });
  await expect(world.guard(event)).rejects.toThrow("could not be closed");
  expect(world.told).toEqual(["contained"]);
  expect(await world.statuses()).toEqual(["open"]);

  world.findings.close = close;
  await world.guard(event);
  expect(world.told).toEqual(["contained"]);
  expect(await world.statuses()).toEqual(["contained"]);
});

it("ten thousand holders are told of, and none is touched", async () => {
  const world = new GuardedAccount();
  world.iam.createPolicy("Tools", FULL);
  for (let index = 0; index < 10_000; index += 1) {
    world.iam.createUser(`user-${index}`);
    world.iam.attachPolicy({ type: "user", name: `user-${index}` }, TOOLS);
  }
  world.iam.createUser("alice");
  const report = await world.guard(world.happen("AttachUserPolicy", { userName: "alice", policyArn: TOOLS }));
  expect(report.findings[0]?.decision).toMatchObject({
    action: "alert",
    reason: "10001 attachments are more than the 20 that may be detached at once",
  });
  expect(world.holders(TOOLS)).toHaveLength(10_001);
});
