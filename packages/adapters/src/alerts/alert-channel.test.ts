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

  test("where claims cannot be read or written, the alert goes out all the same", async () => {
    const down = async () => {
      throw new Error("table is gone");
    };
    const sns = channel("sns");
    await alertChannel([sns], { claim: down, confirm: down, release: down }).publishFinding(FINDING);
    expect(sns.taken).toEqual([FINDING.id]);
  });

  test("and a failure to publish is told, not the failure of the claims", async () => {
    const down = async () => {
      throw new Error("table is gone");
    };
    const alerts = alertChannel([channel("sns", ["no topic"])], {
      claim: down,
      confirm: down,
      release: down,
    });
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

function claims(): PublicationClaims {
  const held = new Set<string>();
  return {
    async claim(...key) {
      if (held.has(key.join())) return false;
      held.add(key.join());
      return true;
    },
    async confirm() {},
    async release(...key) {
      held.delete(key.join());
    },
  };
}
