import { InMemoryFindings } from "@kms-guard/adapters/memory/in-memory-findings.ts";
import type { ContainmentStep } from "@kms-guard/core/containment/steps.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { DEPLOY, FINDING, MALLORY, TEAM_X } from "@kms-guard/testing/examples/team-x.ts";
import { TestClock } from "@kms-guard/testing/fakes/test-clock.ts";
import { describe, expect, it } from "vitest";
import type { Detection } from "./assess.ts";
import { closeRecord, countRecurrence, findPrevious, mayBeKnown, openRecord } from "./records.ts";

/** mallory was detached at 03:00:09. */
const CONTAINED: Finding = { ...FINDING, status: "contained" };
const FOUND: Finding = {
  ...FINDING,
  id: "kg-1111111111111111",
  status: "open",
  attachments: [],
  notInForce: "user mallory no longer has it",
};
const OTHER_TEXT = { ...FINDING.policy, documentSha256: "0".repeat(64) };
const NO_LONGER = { policy: TEAM_X, notInForce: "user mallory no longer has it" } as const;

function attaching(principalOfEvent: Detection["principalOfEvent"], eventTime?: string): Detection {
  return {
    trigger: { kind: "event", ...(eventTime !== undefined && { eventTime }) },
    receivedAtMs: Date.parse("2026-11-23T03:00:12Z"),
    ...(principalOfEvent !== undefined && { principalOfEvent }),
    meetsKnownFindings: false,
  };
}
const BEFORE = "2026-11-23T03:00:05Z";
const AFTER = "2026-11-23T03:00:10Z";
const SWEEP: Detection = { trigger: { kind: "sweep" }, receivedAtMs: 0, meetsKnownFindings: true };

async function tableWith(...known: readonly Finding[]): Promise<InMemoryFindings> {
  const findings = new InMemoryFindings();
  for (const finding of known) await findings.open(finding, []);
  return findings;
}

async function idOfPrevious(findings: InMemoryFindings, ...[snapshot, detection, found]: Asked) {
  const previous = await findPrevious(findings, snapshot, detection, found);
  if (previous instanceof Error) throw previous;
  return previous?.finding.id;
}
type Asked = [
  Parameters<typeof findPrevious>[1],
  Parameters<typeof findPrevious>[2],
  Parameters<typeof findPrevious>[3],
];

describe("an attachment that is gone by the time its event is handled", () => {
  it("is known where a containment since the event detached it", async () => {
    const findings = await tableWith(CONTAINED);
    expect(await idOfPrevious(findings, NO_LONGER, attaching(MALLORY, BEFORE), FOUND)).toBe(CONTAINED.id);
  });

  it.each<[string, Finding, Detection]>([
    [
      "the containment was one of another text",
      { ...CONTAINED, policy: OTHER_TEXT },
      attaching(MALLORY, BEFORE),
    ],
    ["the containment was before the event", CONTAINED, attaching(MALLORY, AFTER)],
    ["another principal was detached", CONTAINED, attaching({ type: "user", name: "eve" }, BEFORE)],
    ["the principal's step failed", CONTAINED, attaching(DEPLOY, BEFORE)],
    [
      "the principal was detached by somebody else",
      CONTAINED,
      attaching({ type: "group", name: "Admins" }, BEFORE),
    ],
    [
      "the policy is another",
      {
        ...CONTAINED,
        policy: {
          kind: "managed",
          arn: "arn:aws:iam::111122223333:policy/TeamY",
          name: "TeamY",
          documentSha256: FINDING.policy.documentSha256,
        },
      },
      attaching(MALLORY, BEFORE),
    ],
    ["nothing is contained", { ...CONTAINED, status: "open" }, attaching(MALLORY, BEFORE)],
  ])("is not known where %s", async (_, known, detection) => {
    expect(await idOfPrevious(await tableWith(known), NO_LONGER, detection, FOUND)).toBeUndefined();
  });

  it("is known by the next record where the latest cannot be read", async () => {
    const unreadable: Finding = { ...CONTAINED, id: "kg-2222222222222222" };
    const findings = await tableWith(CONTAINED, unreadable);
    findings.makeUnreadable(unreadable.id, "written by a newer version");
    expect(await idOfPrevious(findings, NO_LONGER, attaching(MALLORY, BEFORE), FOUND)).toBe(CONTAINED.id);
  });

  it("is answered by the reason where the table cannot be read", async () => {
    const list = async function* (): AsyncGenerator<never> {
      yield* [];
      throw new Error("throttled");
    };
    const previous = await findPrevious({ list }, NO_LONGER, attaching(MALLORY, BEFORE), FOUND);
    expect(previous).toMatchObject({
      message: "the previous findings of the policy could not be read: throttled",
    });
  });
});

describe("what a sweep finds", () => {
  const OPEN: Finding = { ...FINDING, status: "open", attachments: [{ ...MALLORY, state: "standing" }] };
  const again: Finding = { ...OPEN, id: "kg-1111111111111111", trigger: { kind: "sweep" } };

  it("is known where a finding reports the same text and principals", async () => {
    expect(await idOfPrevious(await tableWith(OPEN), { policy: TEAM_X }, SWEEP, again)).toBe(OPEN.id);
  });

  it.each<[string, Finding]>([
    ["has another text", { ...OPEN, policy: OTHER_TEXT }],
    ["does not have one of the principals", { ...OPEN, attachments: [{ ...DEPLOY, state: "standing" }] }],
    ["is resolved", { ...OPEN, status: "resolved" }],
  ])("is not known where the finding %s", async (_, known) => {
    expect(await idOfPrevious(await tableWith(known), { policy: TEAM_X }, SWEEP, again)).toBeUndefined();
  });

  it("is known by a resolved finding too where nobody has the policy", async () => {
    const resolved: Finding = { ...OPEN, status: "resolved" };
    expect(
      await idOfPrevious(await tableWith(resolved), { policy: TEAM_X }, SWEEP, { ...again, attachments: [] }),
    ).toBe(OPEN.id);
  });

  it("is known by the next record where the latest cannot be read", async () => {
    const unreadable: Finding = { ...OPEN, id: "kg-2222222222222222" };
    const findings = await tableWith(OPEN, unreadable);
    findings.makeUnreadable(unreadable.id, "written by a newer version");
    expect(await idOfPrevious(findings, { policy: TEAM_X }, SWEEP, again)).toBe(OPEN.id);
  });
});

describe("the look-up", () => {
  it.each<[string, boolean, Parameters<typeof mayBeKnown>[0], Detection]>([
    ["a sweep", true, { policy: TEAM_X }, SWEEP],
    ["a policy of an account scan", true, { policy: TEAM_X, fromAccountScan: true }, attaching(undefined)],
    ["an attachment that is gone", true, NO_LONGER, attaching(MALLORY, BEFORE)],
    ["an attachment that is there", false, { policy: TEAM_X }, attaching(MALLORY, BEFORE)],
    ["an attachment that is gone, of an event without a time", false, NO_LONGER, attaching(MALLORY)],
    ["a text that is not in force", false, NO_LONGER, attaching(undefined, BEFORE)],
  ])("for %s: %s", async (_, expected, snapshot, detection) => {
    expect(mayBeKnown(snapshot, detection)).toBe(expected);
    const asked: unknown[] = [];
    const list = async function* (query: unknown): AsyncGenerator<never> {
      asked.push(query);
      yield* [];
    };
    expect(await findPrevious({ list }, snapshot, detection, FOUND)).toBeUndefined();
    expect(asked).toHaveLength(expected ? 1 : 0);
  });
});

describe("how often a grant has come back", () => {
  const at = (receivedAt: string): Finding["timing"] => ({ receivedAt });
  const earlier: Finding = {
    ...CONTAINED,
    attachments: [{ ...MALLORY, state: "contained" }],
    timing: at("2026-11-23T03:00:00Z"),
  };
  const later: Finding = { ...earlier, id: "kg-1111111111111111", timing: at("2026-11-23T03:30:00Z") };

  it("is counted where it was contained within the hour", async () => {
    const { recurrence } = await countRecurrence(await tableWith(earlier), later);
    expect(recurrence).toMatchObject({ count: 2, firstAt: "2026-11-23T03:00:00Z" });
  });

  it("passes over the finding's own record", async () => {
    expect(await countRecurrence(await tableWith(later), later)).toBe(later);
  });

  it.each<[string, Finding, Finding]>([
    ["after more than an hour", earlier, { ...later, timing: at("2026-11-23T04:00:01Z") }],
    ["of a sweep", earlier, { ...later, trigger: { kind: "sweep" } }],
    ["that is exempt", earlier, { ...later, status: "exempt" }],
    ["that is not in force", earlier, { ...later, notInForce: "gone by now" }],
    ["after a finding that is open", { ...earlier, status: "open" }, later],
  ])("is not counted for one %s", async (_, before, now) => {
    expect(await countRecurrence(await tableWith(before), now)).toBe(now);
  });
});

describe("a finding that is recorded before anything is changed", () => {
  const DELETE: ContainmentStep = {
    action: "delete-user-policy",
    target: { principal: { type: "user", name: "mallory" }, policyName: "everything" },
    document: "{}",
  };
  const containing = { action: "contain", plan: [DELETE] } as const;

  async function opened(
    findings: InMemoryFindings,
    { isUnchanged = async () => true, decision = containing }: Partial<Given> = {},
  ) {
    const clock = new TestClock();
    const perform = () => Promise.reject(new Error("nothing is changed here"));
    const writer = { perform, isUnchanged: () => isUnchanged(clock) };
    const record = await openRecord({ findings, writer, clock }, FOUND, decision);
    if (record instanceof Error) throw record;
    return record;
  }
  interface Given {
    readonly isUnchanged: (clock: TestClock) => Promise<boolean>;
    readonly decision: Parameters<typeof openRecord>[2];
  }

  it("has the plan of a containment, and none where people are only alerted", async () => {
    const findings = new InMemoryFindings();
    expect(await opened(findings)).toMatchObject({ record: { plan: [DELETE] }, isNew: true });
    const alert = { action: "alert", plan: [DELETE] } as const;
    expect(await opened(new InMemoryFindings(), { decision: alert })).toMatchObject({ record: { plan: [] } });
  });

  it("is answered as it is where another run recorded it", async () => {
    const findings = await tableWith(FOUND);
    expect(await opened(findings)).toEqual({
      record: { finding: FOUND, plan: [], outcomes: [], notified: [] },
      isNew: false,
      isConfirmed: false,
    });
  });

  it("has another id, the same each time, where its record cannot be read", async () => {
    const findings = await tableWith(FOUND);
    findings.makeUnreadable(FOUND.id, "written by a newer version");
    const { record, isNew } = await opened(findings);
    expect(record.finding.id).toMatch(/^kg-[0-9a-f]{16}$/);
    expect([record.finding.id === FOUND.id, isNew]).toEqual([false, true]);
    expect(await opened(findings)).toMatchObject({
      record: { finding: { id: record.finding.id } },
      isNew: false,
    });
  });

  it.each<[string, boolean, Given["isUnchanged"]]>([
    ["is the one that was evaluated", true, async () => true],
    ["is another", false, async () => false],
    ["cannot be read", false, () => Promise.reject(new Error("Throttling"))],
    [
      "took a second to read",
      true,
      async (clock) => {
        await clock.sleepMs(1_000);
        return true;
      },
    ],
    [
      "took more than a second to read",
      false,
      async (clock) => {
        await clock.sleepMs(1_001);
        return true;
      },
    ],
  ])("whose document to delete %s is confirmed: %s", async (_, isConfirmed, isUnchanged) => {
    expect(await opened(new InMemoryFindings(), { isUnchanged })).toMatchObject({ isNew: true, isConfirmed });
  });

  it("is an error where it cannot be recorded, or closed", async () => {
    const findings = new InMemoryFindings();
    const closing = await closeRecord({ findings }, FOUND);
    expect(closing.map(({ message }) => message)).toEqual([
      "finding kg-1111111111111111 could not be closed: finding kg-1111111111111111 was never opened",
    ]);
    findings.open = () => Promise.reject(new Error("ProvisionedThroughputExceeded"));
    await expect(opened(findings)).rejects.toThrow(
      "the finding could not be recorded: ProvisionedThroughputExceeded",
    );
  });
});
