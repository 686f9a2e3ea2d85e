import { InMemoryFindings } from "@kms-guard/adapters/memory/in-memory-findings.ts";
import { RecordingAlerts } from "@kms-guard/adapters/memory/recording-alerts.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { IncompleteRunError } from "@kms-guard/guard/errors.ts";
import { handleEvent } from "@kms-guard/guard/handle-event.ts";
import type { PolicyWriter } from "@kms-guard/guard/ports.ts";
import { restore } from "@kms-guard/guard/restore.ts";
import { GuardedAccount, stepsOf } from "@kms-guard/testing/fakes/guarded-account.ts";
import { findRecord } from "@kms-guard/testing/fakes/stored.ts";
import { describe, expect, it } from "vitest";

const FULL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}';
const TOOLS = "arn:aws:iam::111122223333:policy/Tools";
const ALICE = { type: "user", name: "alice" } as const;
const REQUEST = { by: "oncall", reason: "needed tonight", hours: 4, dryRun: false };

function attachedIn(world: GuardedAccount): unknown {
  world.iam.createUser("alice");
  world.iam.createRole("Build");
  world.iam.createPolicy("Tools", FULL);
  world.iam.attachPolicy({ type: "role", name: "Build" }, TOOLS);
  return world.happen("AttachUserPolicy", { userName: "alice", policyArn: TOOLS });
}

/** Findings of which some calls fail as long as they are named in `broken`. */
class BreakableFindings extends InMemoryFindings {
  readonly broken = new Set<string>();

  #fail(call: string): void {
    if (this.broken.has(call)) throw new Error(`${call} is out of order`);
  }

  override async open(...given: Parameters<InMemoryFindings["open"]>) {
    this.#fail("open");
    return super.open(...given);
  }

  override async recordOutcome(...given: Parameters<InMemoryFindings["recordOutcome"]>) {
    this.#fail("recordOutcome");
    return super.recordOutcome(...given);
  }

  override async close(finding: Finding) {
    this.#fail("close");
    return super.close(finding);
  }

  override async exemptions() {
    this.#fail("exemptions");
    return super.exemptions();
  }

  override async claimNotification(...given: Parameters<InMemoryFindings["claimNotification"]>) {
    this.#fail("claimNotification");
    return super.claimNotification(...given);
  }
}

describe("when findings cannot be written", () => {
  it("nothing is contained, people are told, and the retry contains", async () => {
    const findings = new BreakableFindings();
    const world = new GuardedAccount({}, { findings });
    const event = attachedIn(world);
    findings.broken.add("open");
    await expect(world.guard(event)).rejects.toThrow(
      "the finding could not be recorded: open is out of order",
    );
    expect(world.holders(TOOLS)).toEqual(["role/Build", "user/alice"]);
    expect(world.alerts.findings).toMatchObject([{ status: "open", decision: { action: "alert" } }]);
    expect(world.alerts.findings[0]?.decision.reason).toContain("nothing is contained");

    findings.broken.clear();
    expect((await world.guard(event)).findings[0]?.status).toBe("contained");
    expect(world.told).toEqual(["open", "contained"]);
  });

  it("so it is when the exemptions cannot be read", async () => {
    const findings = new BreakableFindings();
    const world = new GuardedAccount({}, { findings });
    const event = attachedIn(world);
    findings.broken.add("exemptions");
    await expect(world.guard(event)).rejects.toThrow("the exemptions cannot be read");
    expect(world.holders(TOOLS)).toEqual(["role/Build", "user/alice"]);
    expect(world.told).toEqual(["open"]);

    findings.broken.clear();
    expect((await world.guard(event)).findings[0]?.status).toBe("contained");
  });

  it("but were opened, the containment goes on to the end, and what was done can be restored", async () => {
    const findings = new BreakableFindings();
    const world = new GuardedAccount({}, { findings });
    const event = attachedIn(world);
    findings.broken.add("recordOutcome").add("close");
    await expect(world.guard(event)).rejects.toBeInstanceOf(IncompleteRunError);
    expect(world.holders(TOOLS)).toEqual([]);
    expect(world.told).toEqual(["contained"]);

    findings.broken.clear();
    const report = await world.guard(event);
    expect(report.findings[0]?.status).toBe("contained");
    const record = await findRecord(findings, report.findings[0]?.id ?? "");
    expect(record?.outcomes.map(({ outcome }) => outcome)).toEqual(["done", "done"]);
    expect(record?.finding.status).toBe("contained");
    expect(world.told).toEqual(["contained"]);
  });

  it("and claims cannot be made, people are told all the same", async () => {
    const findings = new BreakableFindings();
    const world = new GuardedAccount({}, { findings });
    const event = attachedIn(world);
    findings.broken.add("claimNotification");
    await expect(world.guard(event)).rejects.toThrow("claimNotification is out of order");
    expect(world.told).toEqual(["contained"]);
  });
});

describe("when people cannot be told", () => {
  it("the containment stands, and the retry tells them and takes nothing away twice", async () => {
    let isDown = true;
    const told: Finding[] = [];
    const alerts = new RecordingAlerts();
    alerts.people.publishFinding = async (finding) => {
      if (isDown) throw new Error("the topic is gone");
      told.push(finding);
    };
    const world = new GuardedAccount({}, { alerts });
    const event = attachedIn(world);
    await expect(world.guard(event)).rejects.toThrow("the topic is gone");
    expect(world.holders(TOOLS)).toEqual([]);

    isDown = false;
    const detaches = world.calls.filter((call) => call.startsWith("Detach")).length;
    await world.guard(event);
    expect(told).toMatchObject([{ status: "contained", timing: { publishedAt: expect.any(String) } }]);
    expect(world.calls.filter((call) => call.startsWith("Detach"))).toHaveLength(detaches);
  });
});

describe("an invocation that was cut off", () => {
  it("is gone on with where it stopped", async () => {
    const world = new GuardedAccount();
    const event = attachedIn(world);
    // It got as far as the first of two steps, and did not live to write down that it had done it.
    const dead = new GuardedAccount({ mode: "enforce" }, { findings: world.findings });
    attachedIn(dead);
    dead.ports.writer.perform = () => new Promise(() => undefined);
    void handleEvent(dead.ports, dead.settings)(event);
    await expect.poll(() => dead.calls.filter((call) => call === "GetPolicy").length).toBe(1);
    await expect.poll(async () => (await world.findings.list().next()).done).toBe(false);
    world.iam.detachPolicy({ type: "role", name: "Build" }, TOOLS);

    const report = await world.guard(event);
    expect(report.findings[0]?.status).toBe("contained");
    expect(stepsOf(report.findings[0])).toEqual([
      "detach-role-policy Build done",
      "detach-user-policy alice done",
    ]);
  });
});

describe("of two runs of one event", () => {
  function givenKeys(world: GuardedAccount): unknown {
    world.iam.createUser("alice");
    return world.happen("PutUserPolicy", { userName: "alice", policyName: "keys", policyDocument: FULL });
  }

  /** A run that has recorded the finding, and waits before it takes the policy away. */
  async function begun(world: GuardedAccount, event: unknown) {
    const waits = Promise.withResolvers<void>();
    const goesOn = Promise.withResolvers<{ readonly isCutOff: boolean }>();
    const hasTaken = Promise.withResolvers<void>();
    const writer: PolicyWriter = {
      isUnchanged: (step) => world.account.isUnchanged(step),
      async perform(...given) {
        waits.resolve();
        const { isCutOff } = await goesOn.promise;
        const result = await world.account.perform(...given);
        hasTaken.resolve();
        return isCutOff ? new Promise(() => undefined) : result;
      },
    };
    const report = handleEvent({ ...world.ports, writer }, world.settings)(event);
    await waits.promise;
    return {
      async takesAndIsCutOff() {
        goesOn.resolve({ isCutOff: true });
        await hasTaken.promise;
      },
      ends() {
        goesOn.resolve({ isCutOff: false });
        return report;
      },
    };
  }

  it.each(["first", "second"] as const)(
    "the %s takes the policy away and is cut off: it can be restored, though the other one found it gone",
    async (cutOff) => {
      const world = new GuardedAccount();
      const event = givenKeys(world);
      const first = await begun(world, event);
      const second = await begun(world, event);
      const [dead, other] = cutOff === "first" ? [first, second] : [second, first];
      await dead.takesAndIsCutOff();
      const { findings } = await other.ends();
      expect(stepsOf(findings[0])).toEqual(["delete-user-policy alice done"]);
      await world.guard(event);

      await restore(world.ports, world.settings)(findings[0]?.id ?? "", REQUEST);
      expect(world.iam.principal(ALICE).inline.get("keys")).toBe(FULL);
    },
  );

  it("none has taken what a person took away before the second came: it is not given back", async () => {
    const world = new GuardedAccount();
    const event = givenKeys(world);
    const first = await begun(world, event);
    world.iam.deleteInlinePolicy(ALICE, "keys");
    const { findings } = await first.ends();
    expect(stepsOf(findings[0])).toEqual(["delete-user-policy alice already"]);
    await world.guard(event);

    expect(await restore(world.ports, world.settings)(findings[0]?.id ?? "", REQUEST)).toMatchObject({
      kind: "refused",
    });
  });
});

describe("an old event that comes once more", () => {
  it("takes nothing away that was restored", async () => {
    const world = new GuardedAccount();
    const event = attachedIn(world);
    const { findings } = await world.guard(event);
    await restore(world.ports, world.settings)(findings[0]?.id ?? "", REQUEST);
    expect(world.holders(TOOLS)).toEqual(["user/alice", "role/Build"]);

    await world.guard(event);
    expect(world.holders(TOOLS)).toEqual(["user/alice", "role/Build"]);
    expect(world.told).toEqual(["contained", "restored"]);
    expect((await findRecord(world.findings, findings[0]?.id ?? ""))?.finding.status).toBe("restored");
  });

  it("takes away what stands again without anybody's leave", async () => {
    const world = new GuardedAccount();
    const event = attachedIn(world);
    await world.guard(event);
    world.iam.attachPolicy(ALICE, TOOLS);
    await world.guard(event);
    expect(world.holders(TOOLS)).toEqual([]);
    expect(world.told).toEqual(["contained", "contained"]);
  });
});
