import type { Finding } from "@kms-guard/core/findings/finding.ts";
import type { AlertChannel } from "@kms-guard/guard/ports.ts";
import { describe, expect, test } from "vitest";
import { FINDING } from "../findings/finding.fixture.ts";
import { alertChannel, type NamedChannel } from "./alert-channel.ts";
import { NOTICE } from "./notice.fixture.ts";
import type { PublicationClaims } from "./publication-claims.ts";

describe("several channels", () => {
  test("all get a finding and a notice", async () => {
    const bus = channel("event-bridge");
    const sns = channel("sns");
    const alerts = alertChannel([bus, sns], claims());
    await alerts.publishFinding(FINDING);
    await alerts.publishNotice(NOTICE);
    expect([bus.taken, sns.taken]).toEqual([
      [FINDING.id, NOTICE.id],
      [FINDING.id, NOTICE.id],
    ]);
  });

  test("one that does not hear of a finding is left out, of what the others have", async () => {
    const bus = channel("event-bridge");
    const sns = { ...channel("sns"), hears: ({ status }: Finding) => status !== "contained" };
    const alerts = alertChannel([bus, sns], claims());
    await alerts.publishFinding({ ...FINDING, status: "contained" });
    expect([bus.taken, sns.taken]).toEqual([[FINDING.id], []]);
    await alerts.publishFinding(FINDING);
    await alerts.publishNotice(NOTICE);
    expect(sns.taken).toEqual([FINDING.id, NOTICE.id]);
  });

  test("one that fails silences no other, and is named", async () => {
    const bus = channel("event-bridge", ["no bus"]);
    const sns = channel("sns");
    const published = alertChannel([bus, sns], claims()).publishFinding(FINDING);
    await expect(published).rejects.toThrow(
      "finding kg-00112233445566aa was not published on event-bridge (no bus)",
    );
    expect(sns.taken).toEqual([FINDING.id]);
  });

  test("all that fail are named, each with its own error", async () => {
    const bus = channel("event-bridge", ["no bus"]);
    const sns = channel("sns", ["no topic"]);
    const error = await alertChannel([bus, sns])
      .publishNotice(NOTICE)
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AggregateError);
    expect(error).toMatchObject({
      message: "notice kn-0011223344556677 was not published on event-bridge (no bus), sns (no topic)",
      errors: [{ message: "no bus" }, { message: "no topic" }],
    });
  });
});

describe("a finding's status goes out once on each channel", () => {
  test("a retry publishes where it failed, and not again where it was taken", async () => {
    const bus = channel("event-bridge", ["no bus"]);
    const sns = channel("sns");
    const alerts = alertChannel([bus, sns], claims());
    await expect(alerts.publishFinding(FINDING)).rejects.toThrow("event-bridge");
    await alerts.publishFinding(FINDING);
    expect(bus.taken).toEqual([FINDING.id]);
    expect(sns.taken).toEqual([FINDING.id]);
  });

  test("a twin at the same time publishes nothing", async () => {
    const sns = channel("sns");
    const alerts = alertChannel([sns], claims());
    await Promise.all([alerts.publishFinding(FINDING), alerts.publishFinding(FINDING)]);
    expect(sns.taken).toEqual([FINDING.id]);
  });

  test("its next status goes out again", async () => {
    const sns = channel("sns");
    const alerts = alertChannel([sns], claims());
    await alerts.publishFinding(FINDING);
    await alerts.publishFinding({ ...FINDING, status: "contained" });
    expect(sns.taken).toEqual([FINDING.id, FINDING.id]);
  });

  test("without claims every call publishes", async () => {
    const sns = channel("sns");
    const alerts = alertChannel([sns]);
    await alerts.publishFinding(FINDING);
    await alerts.publishFinding(FINDING);
    expect(sns.taken).toEqual([FINDING.id, FINDING.id]);
  });

  test("it counts as published when every channel took it, not before", async () => {
    const held = claims();
    const alerts = alertChannel([channel("event-bridge", ["no bus"]), channel("sns")], held);
    await expect(alerts.publishFinding(FINDING)).rejects.toThrow("event-bridge");
    expect(held.published).toEqual([]);
    await alerts.publishFinding(FINDING);
    expect(held.published).toEqual(["kg-00112233445566aa open"]);
  });

  test("where claims cannot be read or written, the alert goes out all the same", async () => {
    const sns = channel("sns");
    await alertChannel([sns], DOWN).publishFinding(FINDING);
    expect(sns.taken).toEqual([FINDING.id]);
  });

  test("and a failure to publish is told, not the failure of the claims", async () => {
    const alerts = alertChannel([channel("sns", ["no topic"])], DOWN);
    await expect(alerts.publishFinding(FINDING)).rejects.toThrow("sns (no topic)");
  });
});

/** A channel that fails as often as it has problems, then takes what it gets. */
function channel(name: string, problems: string[] = []): NamedChannel & { readonly taken: string[] } {
  const taken: string[] = [];
  const take = async ({ id }: { readonly id: string }) => {
    const problem = problems.shift();
    if (problem !== undefined) throw new Error(problem);
    taken.push(id);
  };
  const takes: AlertChannel = { publishFinding: take, publishNotice: take };
  return { name, channel: takes, taken };
}

/** Claims that never lapse, and which publications are confirmed. */
function claims(): PublicationClaims & { readonly published: string[] } {
  const held = new Set<string>();
  const published: string[] = [];
  const key = ({ id, status }: Finding, name: string) => `${id} ${status} ${name}`;
  return {
    published,
    async claimChannel(finding, name) {
      if (held.has(key(finding, name))) return false;
      held.add(key(finding, name));
      return true;
    },
    async confirmChannel() {},
    async releaseChannel(finding, name) {
      held.delete(key(finding, name));
    },
    async confirmPublication(id, status) {
      published.push(`${id} ${status}`);
    },
  };
}

/** Claims whose table does not answer. */
const DOWN: PublicationClaims = {
  claimChannel: down,
  confirmChannel: down,
  releaseChannel: down,
  confirmPublication: down,
};

async function down(): Promise<never> {
  throw new Error("table is gone");
}
