import { InMemoryFindings } from "@kms-guard/adapters/memory/in-memory-findings.ts";
import { RecordingAlerts } from "@kms-guard/adapters/memory/recording-alerts.ts";
import { ENFORCE, EXEMPTION } from "@kms-guard/testing/examples/team-x.ts";
import { exemptionsIn } from "@kms-guard/testing/fakes/stored.ts";
import { TestClock } from "@kms-guard/testing/fakes/test-clock.ts";
import { describe, expect, it } from "vitest";
import { addExemption, removeExemption } from "./exemptions.ts";
import type { AlertChannel } from "./ports.ts";

const SECURITY = "arn:aws:iam::111122223333:user/security";

function table() {
  const findings = new InMemoryFindings();
  const alerts = new RecordingAlerts();
  return { findings, alerts, clock: new TestClock() };
}

const SILENT: AlertChannel = {
  publishFinding: async () => undefined,
  publishNotice: async () => {
    throw new Error("the topic is gone");
  },
};

describe("an exemption that is added", () => {
  it("is stored, and everybody is notified", async () => {
    const ports = table();
    await addExemption(ports, ENFORCE, EXEMPTION);
    expect(await exemptionsIn(ports.findings)).toEqual([EXEMPTION]);
    expect(ports.alerts.notices).toMatchObject([{ kind: "exemption-added", data: { exemption: EXEMPTION } }]);
  });

  it("does not count before people are notified", async () => {
    const ports = table();
    const atNotification: unknown[] = [];
    const people: AlertChannel = {
      publishFinding: async () => undefined,
      publishNotice: async () => void atNotification.push(await exemptionsIn(ports.findings)),
    };
    await addExemption({ ...ports, alerts: { people, programs: ports.alerts.programs } }, ENFORCE, EXEMPTION);
    expect(atNotification).toEqual([[]]);
  });

  it.each(["people", "programs"] as const)("is not stored when %s cannot be notified", async (audience) => {
    const ports = table();
    const { people, programs } = ports.alerts;
    await expect(
      addExemption({ ...ports, alerts: { people, programs, [audience]: SILENT } }, ENFORCE, EXEMPTION),
    ).rejects.toThrow("the topic is gone");
    expect(await exemptionsIn(ports.findings)).toEqual([]);
  });
});

describe("an exemption that is removed", () => {
  it("is stored no more, and everybody is notified", async () => {
    const ports = table();
    await ports.findings.addExemption(EXEMPTION);
    expect(await removeExemption(ports, ENFORCE, EXEMPTION, SECURITY)).toEqual([]);
    expect(await exemptionsIn(ports.findings)).toEqual([]);
    expect(ports.alerts.notices).toMatchObject([{ kind: "exemption-removed" }]);
  });

  it("is removed though people cannot be notified, and that is answered", async () => {
    const ports = table();
    await ports.findings.addExemption(EXEMPTION);
    const { programs } = ports.alerts;
    const failures = await removeExemption(
      { ...ports, alerts: { people: SILENT, programs } },
      ENFORCE,
      EXEMPTION,
      SECURITY,
    );
    expect(failures.map(({ message }) => message)).toEqual([
      expect.stringContaining("could not be published to people: the topic is gone"),
    ]);
    expect(await exemptionsIn(ports.findings)).toEqual([]);
  });

  it("is no news when it was not there", async () => {
    const ports = table();
    expect(await removeExemption(ports, ENFORCE, EXEMPTION, SECURITY)).toEqual([]);
    expect(ports.alerts.notices).toEqual([]);
  });
});
