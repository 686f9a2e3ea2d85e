import { InMemoryFindings } from "@kms-guard/adapters/memory/in-memory-findings.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import type { Audience } from "@kms-guard/core/notifications/should-notify.ts";
import { FINDING } from "@kms-guard/testing/examples/team-x.ts";
import { findRecord } from "@kms-guard/testing/fakes/stored.ts";
import { TestClock } from "@kms-guard/testing/fakes/test-clock.ts";
import { describe, expect, it } from "vitest";
import { notify, notifyUnrecorded } from "./notify.ts";
import type { AlertChannel, Ports } from "./ports.ts";

/** Findings of which some calls fail as long as they are named in `broken`. */
class BreakableFindings extends InMemoryFindings {
  readonly broken = new Set<string>();

  override async claimNotification(...given: Parameters<InMemoryFindings["claimNotification"]>) {
    if (this.broken.has("claim")) throw new Error("the table is throttled");
    return super.claimNotification(...given);
  }

  override async closeNotification(...given: Parameters<InMemoryFindings["closeNotification"]>) {
    if (this.broken.has("close")) throw new Error("the table is throttled");
    return super.closeNotification(...given);
  }
}

function channels() {
  const sent: string[] = [];
  const down = new Set<Audience>();
  const channel = (audience: Audience): AlertChannel => ({
    publishFinding: async ({ status }) => {
      if (down.has(audience)) throw new Error(`${audience} cannot be reached`);
      sent.push(`${audience}: ${status}`);
    },
    publishNotice: async () => undefined,
  });
  const findings = new BreakableFindings();
  const observed: string[] = [];
  const ports = {
    findings,
    alerts: { people: channel("people"), programs: channel("programs") },
    clock: new TestClock(),
    observer: {
      event: () => undefined,
      sweep: () => undefined,
      finding: () => undefined,
      notified: ({ status }) => void observed.push(status),
    },
  } satisfies Pick<Ports, "findings" | "alerts" | "clock" | "observer">;
  return { ports, sent, down, findings, observed };
}

const CONTAINED: Finding = { ...FINDING, status: "contained" };
const messages = (failures: readonly Error[]) => failures.map(({ message }) => message);

describe("a finding", () => {
  it("is notified to people, then to programs, once for a status", async () => {
    const { ports, sent, observed } = channels();
    expect(await notify(ports, CONTAINED)).toEqual([]);
    expect(await notify(ports, CONTAINED)).toEqual([]);
    expect(sent).toEqual(["people: contained", "programs: contained"]);
    expect(observed).toEqual(["contained"]);
  });

  it("is notified again in another status", async () => {
    const { ports, sent } = channels();
    await notify(ports, CONTAINED);
    await notify(ports, { ...CONTAINED, status: "restored" });
    expect(sent.slice(2)).toEqual(["people: restored", "programs: restored"]);
  });

  it("is notified to programs only when it was contained again, as people know", async () => {
    const { ports, sent, observed } = channels();
    const at = "2026-11-23T03:00:08.200Z";
    await notify(ports, {
      ...CONTAINED,
      recurrence: { count: 2, firstAt: at, lastAt: "2026-11-23T03:10:00.000Z", toldAt: at },
    });
    expect(sent).toEqual(["programs: contained"]);
    expect(observed).toEqual([]);
  });
});

describe("when one audience cannot be reached", () => {
  it.each([
    ["people", "programs"],
    ["programs", "people"],
  ] as const)("the retry after %s failed notifies only them", async (failing, other) => {
    const { ports, sent, down } = channels();
    down.add(failing);
    expect(messages(await notify(ports, CONTAINED))).toEqual([
      `the alert on kg-0123456789abcdef could not be published to ${failing}: ${failing} cannot be reached`,
    ]);
    expect(sent).toEqual([`${other}: contained`]);

    down.clear();
    expect(await notify(ports, CONTAINED)).toEqual([]);
    expect(sent).toEqual([`${other}: contained`, `${failing}: contained`]);
    await notify(ports, CONTAINED);
    expect(sent).toHaveLength(2);
  });
});

describe("when the claim", () => {
  it("cannot be made, everybody is notified, and the run comes again", async () => {
    const { ports, sent, findings } = channels();
    findings.broken.add("claim");
    expect(messages(await notify(ports, CONTAINED))).toEqual([
      "the alert on kg-0123456789abcdef could not be claimed: the table is throttled",
    ]);
    expect(sent).toEqual(["people: contained", "programs: contained"]);
  });

  it("cannot be closed after everybody was notified, that is no failure and repeats nothing", async () => {
    const { ports, sent, findings } = channels();
    findings.broken.add("close");
    expect(await notify(ports, CONTAINED)).toEqual([]);
    expect(await notify(ports, CONTAINED)).toEqual([]);
    expect(sent).toEqual(["people: contained", "programs: contained"]);
  });

  it("is closed at the third try, nobody is notified again", async () => {
    const { ports, findings } = channels();
    await findings.open(CONTAINED, []);
    const { closeNotification } = findings;
    let tries = 0;
    findings.closeNotification = (...claim) => {
      tries += 1;
      return tries < 3
        ? Promise.reject(new Error("the table is throttled"))
        : closeNotification.apply(findings, claim);
    };
    expect(await notify(ports, CONTAINED)).toEqual([]);
    expect((await findRecord(findings, CONTAINED.id))?.notified).toEqual(["contained"]);
  });

  it("cannot be closed after one failed, both are failures", async () => {
    const { ports, findings, down } = channels();
    findings.broken.add("close");
    down.add("people");
    expect(messages(await notify(ports, CONTAINED))).toEqual([
      "the alert on kg-0123456789abcdef could not be published to people: people cannot be reached",
      "notification contained of kg-0123456789abcdef could not be recorded: the table is throttled",
    ]);
  });

  it("is held by another run, nobody is notified twice", async () => {
    const { ports, sent, findings } = channels();
    await findings.claimNotification(CONTAINED.id, "contained", ["people", "programs"]);
    expect(await notify(ports, CONTAINED)).toEqual([]);
    expect(sent).toEqual([]);
  });
});

it("a finding that could not be recorded is notified to everybody each time", async () => {
  const { ports, sent } = channels();
  await notifyUnrecorded(ports, CONTAINED);
  await notifyUnrecorded(ports, CONTAINED);
  expect(sent).toEqual([
    "people: contained",
    "programs: contained",
    "people: contained",
    "programs: contained",
  ]);
});
