import type { ApiCall } from "@kms-guard/core/events/api-call.ts";
import { readApiCall } from "@kms-guard/core/events/read-api-call.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { FINDING, KMS_STAR, MALLORY, TEAM_X } from "@kms-guard/testing/examples/team-x.ts";
import { GuardedAccount, iamEvent } from "@kms-guard/testing/fakes/guarded-account.ts";
import { describe, expect, it } from "vitest";
import { resolveFindings } from "./resolve.ts";

const POLICY = { policyArn: TEAM_X.arn };
const OPEN: Finding = {
  ...FINDING,
  status: "open",
  attachments: [{ ...MALLORY, state: "standing" }],
  decision: { mode: "monitor", action: "alert", reason: "monitor mode only alerts" },
};
const CONTAINED: Finding = { ...FINDING, id: "kg-1111111111111111", status: "contained" };
const HARMLESS =
  '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:ListKeys","Resource":"*"}}';

function calling(eventName: string, requestParameters: object = POLICY): ApiCall {
  const reading = readApiCall(iamEvent(eventName, requestParameters));
  if (reading.kind !== "api-call") throw new Error(`not an API call: ${reading.kind}`);
  return reading.call;
}
const DETACHED = calling("DetachUserPolicy", { ...POLICY, userName: "mallory" });

/** An account with these findings, and with the policy TeamX in IAM: attached to these users, with this text. */
async function accountWith(
  findings: readonly Finding[],
  { users = [], text = KMS_STAR }: { users?: readonly string[]; text?: string } = {},
) {
  const world = new GuardedAccount({ mode: "monitor" });
  world.iam.createPolicy("TeamX", text);
  for (const name of ["mallory", "eve"]) {
    world.iam.createUser(name);
    if (users.includes(name)) world.iam.attachPolicy({ type: "user", name }, TEAM_X.arn);
  }
  for (const finding of findings) await world.findings.open(finding, []);
  return world;
}

/** Why the findings that people were notified of are resolved. */
const reasons = (world: GuardedAccount) => world.alerts.findings.map(({ resolution }) => resolution?.reason);

describe("an event resolves a finding", () => {
  it.each<[string, ApiCall, Parameters<typeof accountWith>[1], string]>([
    ["whose policy was detached", DETACHED, {}, "none of its principals has the policy any more"],
    [
      "of one principal, though another has the policy",
      DETACHED,
      { users: ["eve"] },
      "none of its principals has the policy any more",
    ],
    [
      "whose text was replaced",
      calling("SetDefaultPolicyVersion", { ...POLICY, versionId: "v1" }),
      { users: ["mallory"], text: HARMLESS },
      "version v1 is in force instead",
    ],
  ])("%s", async (_, call, state, reason) => {
    const world = await accountWith([OPEN], state);
    expect(await resolveFindings(world.ports, call, [])).toEqual([]);
    expect(reasons(world)).toEqual([reason]);
    expect(await world.statuses()).toEqual(["resolved"]);
  });

  it("whose policy was deleted", async () => {
    const world = await accountWith([OPEN]);
    world.iam.deletePolicy(TEAM_X.arn);
    await resolveFindings(world.ports, calling("DeletePolicy"), []);
    expect(reasons(world)).toEqual(["the policy is gone"]);
  });

  it("and says which call it was, and when", async () => {
    const world = await accountWith([OPEN]);
    await resolveFindings(world.ports, DETACHED, []);
    expect(world.alerts.findings[0]?.resolution).toMatchObject({
      at: "2026-03-02T09:00:10.000Z",
      trigger: { kind: "event", eventName: "DetachUserPolicy", actor: DETACHED.actor },
    });
  });

  it("once IAM shows what the call did", async () => {
    const world = await accountWith([OPEN], { users: ["mallory"] });
    world.account.lagReads(4);
    world.iam.detachPolicy(MALLORY, TEAM_X.arn);
    await resolveFindings(world.ports, DETACHED, []);
    expect(await world.statuses()).toEqual(["resolved"]);
    expect(world.clock.sleptMs.length).toBeGreaterThan(0);
  });

  it("beside one that cannot be read", async () => {
    const world = await accountWith([OPEN, { ...OPEN, id: CONTAINED.id }]);
    world.findings.makeUnreadable(CONTAINED.id, "written by a newer version");
    expect(await resolveFindings(world.ports, DETACHED, [])).toEqual([]);
    expect(world.alerts.findings.map(({ id }) => id)).toEqual([OPEN.id]);
  });
});

describe("an event resolves no finding", () => {
  it.each<[string, Finding, ApiCall, Parameters<typeof accountWith>[1]]>([
    [
      "of which a principal is left",
      { ...OPEN, attachments: [...OPEN.attachments, { type: "user", name: "eve", state: "standing" }] },
      DETACHED,
      { users: ["eve"] },
    ],
    [
      "that another run is containing",
      { ...OPEN, decision: { ...OPEN.decision, action: "contain" } },
      DETACHED,
      {},
    ],
    ["that is contained", { ...OPEN, status: "contained" }, DETACHED, {}],
    [
      "of another policy",
      OPEN,
      calling("DetachUserPolicy", { userName: "mallory", policyArn: `${TEAM_X.arn}2` }),
      {},
    ],
  ])("%s", async (_, finding, call, state) => {
    const world = await accountWith([finding], state);
    expect(await resolveFindings(world.ports, call, [])).toEqual([]);
    expect(world.told).toEqual([]);
    expect(await world.statuses()).toEqual([finding.status]);
  });

  it("and does not look for one where the call only grants", async () => {
    const world = await accountWith([OPEN]);
    world.findings.list = () => {
      throw new Error("looked for a finding");
    };
    const attached = calling("AttachUserPolicy", { ...POLICY, userName: "mallory" });
    expect(await resolveFindings(world.ports, attached, [])).toEqual([]);
  });

  it("that another run has resolved meanwhile", async () => {
    const world = await accountWith([OPEN]);
    const { get } = world.findings;
    world.findings.get = async (id) => {
      await world.findings.close({ ...OPEN, status: "resolved" });
      return get.call(world.findings, id);
    };
    await resolveFindings(world.ports, DETACHED, []);
    expect(world.told).toEqual([]);
  });
});

describe("a containment", () => {
  const ATTACHED = calling("AttachUserPolicy", { ...POLICY, userName: "mallory" });

  it("resolves what another finding reports of the same policy, by the guard itself", async () => {
    const world = await accountWith([OPEN]);
    await resolveFindings(world.ports, ATTACHED, [CONTAINED]);
    expect(world.alerts.findings).toMatchObject([{ id: OPEN.id, status: "resolved" }]);
    expect(world.alerts.findings[0]?.resolution?.trigger).toBeUndefined();
  });

  it("that found everything gone before resolves nothing", async () => {
    const world = await accountWith([OPEN]);
    const steps = (CONTAINED.containment?.steps ?? []).map((step) => ({
      ...step,
      outcome: "already" as const,
    }));
    await resolveFindings(world.ports, ATTACHED, [{ ...CONTAINED, containment: { steps } }]);
    expect(await world.statuses()).toEqual(["open"]);
  });
});

describe("what fails calls for another run", () => {
  it("where IAM cannot be read", async () => {
    const world = await accountWith([OPEN]);
    world.fault = () => new Error("Throttling: Rate exceeded");
    const failures = await resolveFindings(world.ports, DETACHED, []);
    expect(failures.map(({ message }) => message)).toEqual([
      "the findings of 111122223333/arn:aws:iam::111122223333:policy/teamx could not be resolved: Throttling: Rate exceeded",
    ]);
    expect(await world.statuses()).toEqual(["open"]);
  });

  it("where people cannot be notified: the finding stays as it is, so that the next run finds it", async () => {
    const world = await accountWith([OPEN]);
    world.alerts.people.publishFinding = () => Promise.reject(new Error("no SNS today"));
    const failures = await resolveFindings(world.ports, DETACHED, []);
    expect(failures.map(({ message }) => message)).toEqual([
      expect.stringContaining("could not be published to people: no SNS today"),
    ]);
    expect(await world.statuses()).toEqual(["open"]);
  });
});
