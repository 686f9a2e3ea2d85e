import { describe, expect, it } from "vitest";
import { fingerprint, type Played, play, unguarded } from "./play.ts";

const REQUEST = {
  by: "arn:aws:iam::111122223333:role/security-on-call",
  reason: "approved",
  hours: 24,
  dryRun: false,
};

function outcomes({ calls }: Played) {
  return calls.map(({ call, report }) => [call.eventName, report.findings[0]?.status ?? "silent"]);
}

/** Who holds what beyond the account's first state, as `role/name: policies`. */
function holders({ account }: Pick<Played, "account">) {
  const { user, role, group } = account().principals;
  return Object.entries({ user, role, group }).flatMap(([type, principals]) =>
    principals.flatMap(({ name, attached, inline }) =>
      [...attached.map((arn) => arn.slice(arn.lastIndexOf("/") + 1)), ...Object.keys(inline)].map(
        (policy) => `${type}/${name}: ${policy}`,
      ),
    ),
  );
}

const UNGUARDED = [
  "user/reporter: policy-author",
  "role/nightly-backup: backup-keys",
  "role/orders-api: key-tools",
  "role/orders-api: read-one-key",
  "role/reports-etl: all-but-iam",
  "role/restore-test: backup-keys",
  "group/analysts: key-tools",
];

describe("the recording in monitor mode", () => {
  it("tells every full grant, and neither the innocent nor the failed call", async () => {
    expect(outcomes(await play("monitor"))).toEqual([
      ["PutRolePolicy", "silent"],
      ["AttachUserPolicy", "silent"],
      ["CreatePolicy", "open"],
      ["AttachRolePolicy", "open"],
      ["AttachGroupPolicy", "open"],
      ["AddUserToGroup", "open"],
      ["CreatePolicyVersion", "open"],
      ["SetDefaultPolicyVersion", "open"],
      ["PutRolePolicy", "open"],
    ]);
  });

  it("changes nothing", async () => {
    const played = await play("monitor");
    expect(holders(played)).toEqual(UNGUARDED);
    expect(played.account()).toEqual(unguarded());
  });
});

describe("the recording in enforce mode", () => {
  it("contains what is in force and held, and tells the rest", async () => {
    expect(outcomes(await play("enforce"))).toEqual([
      ["PutRolePolicy", "silent"],
      ["AttachUserPolicy", "silent"],
      ["CreatePolicy", "open"],
      ["AttachRolePolicy", "contained"],
      ["AttachGroupPolicy", "contained"],
      // The group holds nothing by then.
      ["AddUserToGroup", "silent"],
      // Stored, but not the default version.
      ["CreatePolicyVersion", "open"],
      ["SetDefaultPolicyVersion", "contained"],
      ["PutRolePolicy", "contained"],
    ]);
  });

  it("takes away the five grants, and leaves the two innocent policies", async () => {
    const played = await play("enforce");
    expect(holders(played)).toEqual(["user/reporter: policy-author", "role/orders-api: read-one-key"]);
  });

  it("is the same account again once every finding is restored, and not before", async () => {
    const played = await play("enforce");
    const wanted = fingerprint(unguarded());
    const contained = played.alerts.filter(({ status }) => status === "contained").map(({ id }) => id);
    expect(contained).toHaveLength(4);
    for (const id of contained) {
      expect(fingerprint(played.account())).not.toBe(wanted);
      expect(await played.restore(id, REQUEST)).toMatchObject({ kind: "restored" });
    }
    expect(holders(played)).toEqual(UNGUARDED);
    expect(played.account()).toEqual(unguarded());
    expect(fingerprint(played.account())).toBe(wanted);
  });

  it("has nothing to restore where nothing was taken", async () => {
    const played = await play("enforce");
    const told = played.alerts.find(({ status }) => status === "open");
    expect(await played.restore(told?.id ?? "", REQUEST)).toMatchObject({ kind: "refused" });
  });
});
