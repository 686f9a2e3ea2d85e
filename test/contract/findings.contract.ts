import type { ContainmentStep, StepOutcome } from "@kms-guard/core/containment/steps.ts";
import type { Exemption } from "@kms-guard/core/exemptions/exemption.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { AUDIENCES } from "@kms-guard/core/notifications/should-notify.ts";
import type { FindingRecord, Findings, Stored } from "@kms-guard/guard/ports.ts";
import { exemptionsIn, findRecord } from "@kms-guard/testing/fakes/stored.ts";
import { describe, expect, it } from "vitest";

const ARN = "arn:aws:iam::111122223333:policy/Tools";
const STEPS: readonly ContainmentStep[] = ["alice", "bob"].map((name) => ({
  action: "detach-user-policy",
  target: { principal: { type: "user", name }, policyArn: ARN },
}));
const EXEMPTION: Exemption = {
  id: "ke-1",
  account: "111122223333",
  policy: { kind: "managed", arn: ARN },
  reason: "the key service itself",
  owner: "platform",
  createdBy: "platform",
  createdAt: "2026-03-02T09:00:00.000Z",
  expiresAt: "2026-04-01T09:00:00.000Z",
};

const INLINE: Finding["policy"] = {
  kind: "inline",
  name: "keys",
  documentSha256: "1".repeat(64),
  principal: { type: "role", name: "Build" },
};

const COMBINED: Finding["policy"] = {
  kind: "combined",
  name: "Build",
  documentSha256: "3".repeat(64),
  principal: { type: "role", name: "Build", id: "AROABUILD" },
};

function finding(id: string, receivedAt = "2026-03-02T09:00:10.000Z"): Finding {
  return {
    schemaVersion: "1",
    id,
    status: "open",
    service: "kms",
    verdict: "full",
    vacuous: false,
    severity: "CRITICAL",
    title: "full kms:* granted by managed policy Tools to 2 principals",
    reason: "allows all KMS actions on every key, without a condition",
    account: "111122223333",
    partition: "aws",
    region: "us-east-1",
    policy: { kind: "managed", arn: ARN, name: "Tools", versionId: "v1", documentSha256: "0".repeat(64) },
    evidence: [],
    missingActions: [],
    attachments: [],
    trigger: { kind: "sweep" },
    decision: { mode: "enforce", action: "contain", reason: "`full` is contained in enforce mode" },
    timing: { receivedAt },
    nextSteps: [],
    links: {},
  };
}

function outcome(index: number, name: StepOutcome["outcome"]): StepOutcome {
  const [step] = STEPS.slice(index);
  if (step === undefined) throw new RangeError(`there is no step ${index}`);
  return { ...step, outcome: name, at: "2026-03-02T09:00:11.000Z" };
}

/** The ids, of those that cannot be read with a question mark. */
async function collect(items: AsyncIterable<Stored<FindingRecord>>): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const item of items) {
    ids.push(item.kind === "record" ? item.record.finding.id : `${item.id}?`);
  }
  return ids;
}

export interface FindingsSubject {
  readonly findings: Findings;
  /** Another account's, in the same table. */
  readonly others: Findings;
  /** Makes a finding as if another version had written it. */
  damageFinding(id: string): Promise<void>;
  damageExemption(id: string): Promise<void>;
}

/** What every store of findings does. */
export function findingsContract(name: string, subject: () => Promise<FindingsSubject>): void {
  const makeSubject = async () => (await subject()).findings;

  describe(`${name} tells accounts apart`, () => {
    const OTHER = "444455556666";
    const ADMIN: Finding["policy"] = {
      kind: "aws-managed",
      arn: "arn:aws:iam::aws:policy/AdministratorAccess",
      name: "AdministratorAccess",
      versionId: "v1",
      documentSha256: "2".repeat(64),
    };
    const subjects = {
      "an AWS managed policy": { policy: ADMIN, key: "arn:aws:iam::aws:policy/administratoraccess" },
      "an inline policy": { policy: INLINE, key: "role/build/keys" },
      "a principal's policies together": { policy: COMBINED, key: "combined/role/build" },
    };

    it.each(Object.entries(subjects))("the findings of %s of one name", async (_, { policy, key }) => {
      const { findings, others } = await subject();
      await findings.open({ ...finding("kg-1"), policy }, STEPS);
      await others.open({ ...finding("kg-2"), account: OTHER, policy }, []);
      for (const [store, account, id] of [
        [findings, "111122223333", "kg-1"],
        [others, OTHER, "kg-2"],
      ] as const) {
        expect(await collect(store.list())).toEqual([id]);
        expect(await collect(store.list({ subject: `${account}/${key}`, status: "open" }))).toEqual([id]);
        expect((await findRecord(store, id))?.finding).toEqual({ ...finding(id), account, policy });
      }
      expect(await findings.get("kg-2")).toBeUndefined();
      await expect(others.close({ ...finding("kg-1"), account: OTHER })).rejects.toThrow("kg-1");
    });

    it("even findings of the same id: their outcomes and claims", async () => {
      const { findings, others } = await subject();
      await findings.open(finding("kg-1"), STEPS);
      expect(await others.open({ ...finding("kg-1"), account: OTHER }, STEPS)).toEqual({ kind: "opened" });
      await findings.recordOutcome("kg-1", outcome(0, "done"));
      expect((await findRecord(others, "kg-1"))?.outcomes).toEqual([]);
      for (const store of [findings, others]) {
        expect(await store.claimNotification("kg-1", "open", AUDIENCES)).toEqual(AUDIENCES);
        expect(await store.claimNotification("kn-1", "notice", AUDIENCES)).toEqual(AUDIENCES);
      }
    });

    it("exemptions of the same policy", async () => {
      const { findings, others } = await subject();
      await findings.addExemption(EXEMPTION);
      expect(await others.exemptions()).toEqual([]);
      await others.addExemption({ ...EXEMPTION, account: OTHER });
      expect(await others.removeExemption("ke-1")).toBe(true);
      expect(await exemptionsIn(findings)).toEqual([EXEMPTION]);
    });
  });

  describe(`${name} keeps what it cannot read apart`, () => {
    it("a finding: unreadable by its id, wherever it is met", async () => {
      const { findings, damageFinding } = await subject();
      await findings.open(finding("kg-1", "2026-03-02T09:01:00.000Z"), STEPS);
      await findings.open(finding("kg-2", "2026-03-02T09:02:00.000Z"), STEPS);
      await damageFinding("kg-1");
      const unreadable = { kind: "unreadable", id: "kg-1", problem: expect.any(String) };
      expect(await findings.get("kg-1")).toEqual(unreadable);
      expect(await findings.open(finding("kg-1"), STEPS)).toEqual(unreadable);
      expect(await collect(findings.list())).toEqual(["kg-2", "kg-1?"]);
      expect(await collect(findings.list({ status: "open", limit: 1 }))).toEqual(["kg-2"]);
      expect(await findRecord(findings, "kg-2")).toMatchObject({ finding: { id: "kg-2" } });
    });

    it("an exemption: beside those that it can read", async () => {
      const { findings, damageExemption } = await subject();
      await findings.addExemption(EXEMPTION);
      await findings.addExemption({ ...EXEMPTION, id: "ke-2" });
      await damageExemption("ke-1");
      expect(await findings.exemptions()).toEqual([
        { kind: "unreadable", id: "ke-1", problem: expect.any(String) },
        { kind: "record", record: { ...EXEMPTION, id: "ke-2" } },
      ]);
      expect(await findings.removeExemption("ke-1")).toBe(true);
    });
  });

  describe(`${name} remembers findings`, () => {
    it("one caller opens, the others get the record", async () => {
      const findings = await makeSubject();
      const opened = await Promise.all([1, 2, 3].map(() => findings.open(finding("kg-1"), STEPS)));
      expect(opened.filter(({ kind }) => kind === "opened")).toHaveLength(1);
      expect(await findings.open(finding("kg-1"), [])).toEqual({
        kind: "already-open",
        record: { finding: finding("kg-1"), plan: STEPS, outcomes: [], notified: [] },
      });
    });

    it("outcomes as they come, in the plan's order", async () => {
      const findings = await makeSubject();
      await findings.open(finding("kg-1"), STEPS);
      await findings.recordOutcome("kg-1", outcome(0, "failed"));
      await findings.recordOutcome("kg-1", outcome(1, "done"));
      await findings.recordOutcome("kg-1", outcome(0, "done"));
      expect((await findRecord(findings, "kg-1"))?.outcomes).toEqual([
        outcome(0, "done"),
        outcome(1, "done"),
      ]);
    });

    it("an outcome of each step that was added to the plan, after the planned ones", async () => {
      const findings = await makeSubject();
      const added = (name: string, id: string, second: number): StepOutcome => ({
        action: "detach-user-policy",
        target: { principal: { type: "user", name, id }, policyArn: ARN },
        outcome: "done",
        at: `2026-03-02T09:01:0${second}.000Z`,
      });
      const again = added("dave", "AIDADAVEAGAIN", 3);
      await findings.open(finding("kg-1"), STEPS);
      await findings.recordOutcome("kg-1", again);
      await findings.recordOutcome("kg-1", added("carol", "AIDACAROL", 2));
      await findings.recordOutcome("kg-1", added("dave", "AIDADAVE", 1));
      await findings.recordOutcome("kg-1", outcome(1, "done"));
      expect((await findRecord(findings, "kg-1"))?.outcomes).toEqual([
        outcome(1, "done"),
        added("dave", "AIDADAVE", 1),
        added("carol", "AIDACAROL", 2),
        again,
      ]);
    });

    it("what was done, whatever a twin finds `already` done", async () => {
      const findings = await makeSubject();
      await findings.open(finding("kg-1"), STEPS);
      await findings.recordOutcome("kg-1", outcome(0, "done"));
      await findings.recordOutcome("kg-1", outcome(0, "already"));
      expect((await findRecord(findings, "kg-1"))?.outcomes).toEqual([outcome(0, "done")]);
    });

    it("`already` as what it is where nobody else was at the step", async () => {
      const findings = await makeSubject();
      await findings.open(finding("kg-1"), STEPS);
      expect(await findings.recordOutcome("kg-1", outcome(0, "already"))).toEqual(outcome(0, "already"));
      await findings.recordOutcome("kg-1", outcome(0, "skipped"));
      expect(await findings.recordOutcome("kg-1", outcome(0, "already"))).toEqual(outcome(0, "already"));
      expect((await findRecord(findings, "kg-1"))?.outcomes).toEqual([outcome(0, "already")]);
    });

    it.each(["skipped", "failed", "done"] as const)(
      "`already` as done after `%s`: another run may have done it and not have recorded it",
      async (before) => {
        const findings = await makeSubject();
        await findings.open(finding("kg-1"), STEPS);
        await findings.recordOutcome("kg-1", outcome(0, before));
        expect(await findings.recordOutcome("kg-1", outcome(0, "already"))).toEqual(outcome(0, "done"));
        expect((await findRecord(findings, "kg-1"))?.outcomes).toEqual([outcome(0, "done")]);
      },
    );

    it("how a finding ended, and keeps plan and outcomes", async () => {
      const findings = await makeSubject();
      await findings.open(finding("kg-1"), STEPS);
      await findings.recordOutcome("kg-1", outcome(0, "done"));
      await findings.close({ ...finding("kg-1"), status: "contained" });
      expect(await findRecord(findings, "kg-1")).toEqual({
        finding: { ...finding("kg-1"), status: "contained" },
        plan: STEPS,
        outcomes: [outcome(0, "done")],
        notified: [],
      });
    });

    it("nothing of a finding that was never opened", async () => {
      const findings = await makeSubject();
      expect(await findRecord(findings, "kg-1")).toBeUndefined();
      await expect(findings.close(finding("kg-1"))).rejects.toThrow("kg-1");
    });

    it("who notifies of a status: one caller, and the next one those who are left", async () => {
      const findings = await makeSubject();
      await findings.open(finding("kg-1"), STEPS);
      const claims = await Promise.all(
        [1, 2, 3].map(() => findings.claimNotification("kg-1", "open", AUDIENCES)),
      );
      expect(claims.toSorted((one, other) => other.length - one.length)).toEqual([AUDIENCES, [], []]);
      expect(await findings.claimNotification("kg-1", "contained", AUDIENCES)).toEqual(AUDIENCES);

      await findings.closeNotification("kg-1", "open", ["programs"], false);
      expect((await findRecord(findings, "kg-1"))?.notified).toEqual([]);
      expect(await findings.claimNotification("kg-1", "open", AUDIENCES)).toEqual(["people"]);
      await findings.closeNotification("kg-1", "open", ["people"], true);
      expect((await findRecord(findings, "kg-1"))?.notified).toEqual(["open"]);
      expect(await findings.claimNotification("kg-1", "open", AUDIENCES)).toEqual([]);
      expect(await findings.claimNotification("kg-1", "contained", AUDIENCES)).toEqual([]);
    });

    it("a status that was reopened is notified under a key of its own", async () => {
      const findings = await makeSubject();
      await findings.open(finding("kg-1"), STEPS);
      await findings.claimNotification("kg-1", "open", AUDIENCES);
      await findings.closeNotification("kg-1", "open", AUDIENCES, true);
      const key = "open#2026-03-02T09:00:00.000Z";
      expect(await findings.claimNotification("kg-1", key, AUDIENCES)).toEqual(AUDIENCES);
      await findings.closeNotification("kg-1", key, AUDIENCES, true);
      expect((await findRecord(findings, "kg-1"))?.notified).toEqual(["open"]);
    });

    it("findings to list, the latest first, by status, so many", async () => {
      const findings = await makeSubject();
      for (const [id, minute] of [
        ["kg-1", "01"],
        ["kg-2", "02"],
        ["kg-3", "03"],
      ] as const) {
        await findings.open(finding(id, `2026-03-02T09:${minute}:00.000Z`), []);
      }
      await findings.close({ ...finding("kg-2", "2026-03-02T09:02:00.000Z"), status: "contained" });
      expect(await collect(findings.list())).toEqual(["kg-3", "kg-2", "kg-1"]);
      expect(await collect(findings.list({ status: "open" }))).toEqual(["kg-3", "kg-1"]);
      expect(await collect(findings.list({ limit: 2 }))).toEqual(["kg-3", "kg-2"]);
    });

    it("findings of one policy, by what they have come to", async () => {
      const findings = await makeSubject();
      await findings.open(finding("kg-1", "2026-03-02T09:01:00.000Z"), STEPS);
      await findings.open({ ...finding("kg-2", "2026-03-02T09:02:00.000Z"), policy: INLINE }, []);
      await findings.open(finding("kg-3", "2026-03-02T09:03:00.000Z"), []);
      const tools = "111122223333/arn:aws:iam::111122223333:policy/tools";
      expect(await collect(findings.list({ subject: tools }))).toEqual(["kg-3", "kg-1"]);
      expect(await collect(findings.list({ subject: "111122223333/role/build/keys" }))).toEqual(["kg-2"]);
      expect(await collect(findings.list({ subject: "111122223333/role/build/other" }))).toEqual([]);

      await findings.close({ ...finding("kg-3", "2026-03-02T09:03:00.000Z"), status: "resolved" });
      const standing = { subject: tools, status: ["open", "restored"] } as const;
      expect(await collect(findings.list(standing))).toEqual(["kg-1"]);
      await findings.close({ ...finding("kg-1", "2026-03-02T09:01:00.000Z"), status: "restored" });
      expect(await collect(findings.list(standing))).toEqual(["kg-1"]);
      expect(await collect(findings.list({ status: ["open", "resolved"] }))).toEqual(["kg-3", "kg-2"]);
    });

    it("what ended a finding, and how often it came back", async () => {
      const findings = await makeSubject();
      const ended: Finding = {
        ...finding("kg-1"),
        status: "resolved",
        notInForce: "armed",
        recurrence: {
          count: 3,
          firstAt: "2026-03-02T09:00:00.000Z",
          lastAt: "2026-03-02T09:00:10.000Z",
          toldAt: "2026-03-02T09:00:10.000Z",
          raisedFrom: "MEDIUM",
          tool: { name: "CloudFormation", knownBy: "invokedBy" },
        },
        resolution: {
          reason: "the policy is gone",
          at: "2026-03-02T09:10:00.000Z",
          trigger: { kind: "event", eventName: "DeletePolicy", actor: { type: "IAMUser" } },
        },
        timing: { receivedAt: "2026-03-02T09:00:10.000Z", reopenedAt: "2026-03-02T09:05:00.000Z" },
      };
      await findings.open(finding("kg-1"), []);
      await findings.close(ended);
      expect((await findRecord(findings, "kg-1"))?.finding).toEqual(ended);
    });

    it("who notifies of a notice: one caller, until it failed", async () => {
      const findings = await makeSubject();
      const claims = await Promise.all(
        [1, 2, 3].map(() => findings.claimNotification("kn-1", "notice", AUDIENCES)),
      );
      expect(claims.filter(({ length }) => length > 0)).toHaveLength(1);
      await findings.closeNotification("kn-1", "notice", [], false);
      expect(await findings.claimNotification("kn-1", "notice", AUDIENCES)).toEqual(AUDIENCES);
      expect(await collect(findings.list())).toEqual([]);
    });

    it.each<Exemption["policy"]>([
      { kind: "inline", principal: { type: "role", name: "Build" }, name: "keys" },
      { kind: "combined", principal: { type: "role", name: "Build" }, documentSha256: "3".repeat(64) },
    ])("an exemption of %j", async (policy) => {
      const findings = await makeSubject();
      await findings.addExemption({ ...EXEMPTION, policy });
      expect(await exemptionsIn(findings)).toEqual([{ ...EXEMPTION, policy }]);
    });

    it("exemptions until they are removed; one of the same id replaces it", async () => {
      const findings = await makeSubject();
      await findings.addExemption(EXEMPTION);
      await findings.addExemption({ ...EXEMPTION, reason: "still" });
      expect(await exemptionsIn(findings)).toEqual([{ ...EXEMPTION, reason: "still" }]);
      expect(await findings.removeExemption("ke-1")).toBe(true);
      expect(await findings.removeExemption("ke-1")).toBe(false);
      expect(await exemptionsIn(findings)).toEqual([]);
    });
  });
}
