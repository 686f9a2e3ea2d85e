import { composeAlert } from "@kms-guard/core/notifications/compose.ts";
import { GuardedAccount } from "@kms-guard/testing/fakes/guarded-account.ts";
import { expect, it } from "vitest";

const FULL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}';
const TOOLS = "arn:aws:iam::111122223333:policy/Tools";
const MINUTE_MS = 60_000;

function worldWithTools(settings: ConstructorParameters<typeof GuardedAccount>[0] = {}): GuardedAccount {
  const world = new GuardedAccount(settings);
  world.iam.createUser("alice");
  world.iam.createUser("bob");
  world.iam.createPolicy("Tools", FULL);
  return world;
}

function attach(world: GuardedAccount, userName = "alice", record: Readonly<Record<string, unknown>> = {}) {
  return world.guard(world.happen("AttachUserPolicy", { userName, policyArn: TOOLS }, record));
}

it("is contained every time, and told at the first, the third and then once an hour, with the count", async () => {
  const world = worldWithTools();
  // Every ten minutes for two hours and a half.
  for (let round = 1; round <= 16; round += 1) {
    expect((await attach(world)).findings[0]?.status).toBe("contained");
    await world.clock.sleepMs(10 * MINUTE_MS);
  }
  expect(world.holders(TOOLS)).toEqual([]);
  expect(world.alerts.findings.map(({ recurrence }) => recurrence?.count)).toEqual([undefined, 3, 9, 15]);
  // Programs, and with them the history, hear of each.
  const { history } = world.alerts;
  expect(history).toHaveLength(16);
  expect(history[1]).toMatchObject({
    status: "contained",
    recurrence: { count: 2, lastAt: "2026-03-02T09:10:15.000Z", toldAt: "2026-03-02T09:00:10.000Z" },
  });
});

it("says so in the alert, louder than the first time", async () => {
  const world = worldWithTools();
  for (let round = 1; round <= 3; round += 1) {
    await attach(world);
    await world.clock.sleepMs(MINUTE_MS);
  }
  const [first, third] = world.alerts.findings.map((finding) => composeAlert(finding));
  expect(first?.title).toBe("CRITICAL contained: full kms:* granted by managed policy Tools to user alice");
  expect(third?.title).toBe(
    "CRITICAL contained again, 3 times in 3 minutes: full kms:* granted by managed policy Tools to user alice",
  );
  expect(third?.summary).toContain("stop the actor, not only the grant");
});

it("names CloudFormation by AWS's word, and Terraform as what the caller says", async () => {
  const byStack = worldWithTools();
  const byTerraform = worldWithTools();
  for (let round = 1; round <= 3; round += 1) {
    await attach(byStack, "alice", {
      userIdentity: {
        type: "AssumedRole",
        arn: "arn:aws:sts::111122223333:assumed-role/Deploy/AWSCloudFormation",
        invokedBy: "cloudformation.amazonaws.com",
      },
      userAgent: "cloudformation.amazonaws.com",
    });
    await attach(byTerraform, "alice", {
      userAgent: "APN/1.0 HashiCorp/1.0 Terraform/1.9.8 (+https://www.terraform.io)",
    });
  }
  const [, stack] = byStack.alerts.findings;
  const [, terraform] = byTerraform.alerts.findings;
  expect(stack?.recurrence?.tool).toEqual({ name: "CloudFormation", knownBy: "invokedBy" });
  expect(terraform?.recurrence?.tool).toEqual({ name: "Terraform", knownBy: "userAgent" });
  expect(stack && composeAlert(stack).summary).toContain("CloudFormation grants it again each time");
  expect(terraform && composeAlert(terraform).summary).toContain(
    "What calls itself Terraform grants it again each time",
  );
});

it("begins anew after a quiet hour, and for a holder who is new", async () => {
  const world = worldWithTools();
  await attach(world);
  await attach(world, "bob");
  await world.clock.sleepMs(61 * MINUTE_MS);
  await attach(world);
  expect(world.told).toEqual(["contained", "contained", "contained"]);
  expect(world.alerts.findings.every(({ recurrence }) => recurrence === undefined)).toBe(true);
});

it("is told of a holder who was exempt when it was taken from the others", async () => {
  const world = worldWithTools();
  await world.findings.addExemption({
    id: "ke-1",
    account: "111122223333",
    policy: { kind: "managed", arn: TOOLS },
    principal: { type: "user", name: "alice" },
    reason: "needed tonight",
    owner: "oncall",
    createdBy: "oncall",
    createdAt: "2026-03-02T09:00:00Z",
    expiresAt: "2026-03-03T09:00:00Z",
  });
  await attach(world, "alice");
  await attach(world, "bob");
  expect(world.holders(TOOLS)).toEqual(["user/alice"]);
  expect(world.told).toEqual(["exempt", "contained"]);
  await world.findings.removeExemption("ke-1");
  await attach(world, "alice");
  expect(world.holders(TOOLS)).toEqual([]);
  expect(world.told.slice(2)).toContain("contained");
});

it("is told where somebody new holds it at the second look", async () => {
  const world = worldWithTools();
  await attach(world);
  world.clock.duringSleep(() => world.iam.attachPolicy({ type: "user", name: "bob" }, TOOLS));
  await attach(world);
  expect(world.holders(TOOLS)).toEqual([]);
  expect(world.alerts.findings.map(({ attachments }) => attachments.map(({ name }) => name))).toEqual([
    ["alice"],
    ["alice", "bob"],
  ]);
});

it("is told each time where nothing is contained: what stands is never kept quiet", async () => {
  const world = worldWithTools({ mode: "monitor" });
  for (let round = 1; round <= 3; round += 1) {
    await attach(world);
    await world.guard(world.happen("DetachUserPolicy", { userName: "alice", policyArn: TOOLS }));
  }
  expect(world.told).toEqual(["open", "resolved", "open", "resolved", "open", "resolved"]);
  expect(world.alerts.findings.map(({ recurrence }) => recurrence?.count)).toEqual([
    undefined,
    undefined,
    2,
    2,
    3,
    3,
  ]);
});

it.each([
  [
    "HIGH",
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}]}',
    "CRITICAL",
  ],
  [
    "MEDIUM",
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"}]}',
    "HIGH",
  ],
])("rises by one step from %s with the third time, and no further", async (before, document, after) => {
  const world = new GuardedAccount();
  world.iam.createUser("alice");
  world.iam.createPolicy("Tools", document);
  for (let round = 1; round <= 4; round += 1) {
    await attach(world);
    await world.guard(world.happen("DetachUserPolicy", { userName: "alice", policyArn: TOOLS }));
  }
  const opened = world.alerts.findings.filter(({ status }) => status === "open");
  expect(opened.map(({ severity }) => severity)).toEqual([before, before, after, after]);
  expect(opened.map(({ recurrence }) => recurrence?.raisedFrom)).toEqual([
    undefined,
    undefined,
    before,
    before,
  ]);
  // Its end is as loud as its beginning was.
  const ended = world.alerts.findings.filter(({ status }) => status === "resolved");
  expect(ended.map(({ severity }) => severity)).toEqual([before, before, after, after]);
  const [, , third] = opened.map((finding) => composeAlert(finding));
  expect(third?.title).toContain(`${after} not contained again, 3 times in 1 minute: `);
  expect(third?.severity).toBe(after);
  expect(third?.summary).toContain(
    `It was granted 3 times in 1 minute, so its severity rose from ${before} to ${after}.`,
  );
  // Of what stands they are told each time.
  expect(third?.summary).not.toContain("once an hour");
});

it("has nothing to rise to above CRITICAL", async () => {
  const world = worldWithTools();
  for (let round = 1; round <= 3; round += 1) await attach(world);
  const third = world.alerts.history[2];
  expect(third?.severity).toBe("CRITICAL");
  expect(third?.recurrence).toMatchObject({ count: 3 });
  expect(third?.recurrence).not.toHaveProperty("raisedFrom");
});

it("is told where the second time cannot be contained", async () => {
  const world = worldWithTools();
  await attach(world);
  world.fault = (operation) => (operation === "DetachUserPolicy" ? new Error("denied") : undefined);
  await expect(attach(world)).rejects.toThrow("denied");
  expect(world.told).toEqual(["contained", "containment-failed"]);
});

it("counts an event once, however often it is delivered", async () => {
  const world = worldWithTools();
  await attach(world);
  const again = world.happen("AttachUserPolicy", { userName: "alice", policyArn: TOOLS });
  await world.guard(again);
  await world.guard(again);
  await attach(world);
  expect(world.alerts.findings.map(({ recurrence }) => recurrence?.count)).toEqual([undefined, 3]);
  expect(world.alerts.history.map(({ recurrence }) => recurrence?.count)).toEqual([undefined, 2, 3]);
});
