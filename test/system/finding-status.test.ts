import type { Mode } from "@kms-guard/core/containment/decision.ts";
import type { Exemption } from "@kms-guard/core/exemptions/exemption.ts";
import type { FindingStatus } from "@kms-guard/core/findings/finding.ts";
import { handleEvent } from "@kms-guard/guard/handle-event.ts";
import { restore } from "@kms-guard/guard/restore.ts";
import { sweep } from "@kms-guard/guard/sweep.ts";
import { EXEMPTION } from "@kms-guard/testing/examples/team-x.ts";
import { GuardedAccount } from "@kms-guard/testing/fakes/guarded-account.ts";
import { exemptionsIn } from "@kms-guard/testing/fakes/stored.ts";
import { describe, expect, it } from "vitest";

/**
 * What a finding's status changes to, and who is notified of it: a finding in each status, evaluated again by a retry of
 * its event and by a sweep, in both modes, with and without an exemption, with its policy attached to the same
 * principal, to one more, and to nobody.
 */

const FULL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}';
const TOOLS = "arn:aws:iam::111122223333:policy/Tools";
const ALICE = { type: "user", name: "alice" } as const;
const BOB = { type: "user", name: "bob" } as const;
const EXEMPT: Exemption = {
  ...EXEMPTION,
  id: "ex-tools",
  policy: { kind: "managed", arn: TOOLS },
  expiresAt: "2030-01-01T00:00:00Z",
};
const HOUR_MS = 3_600_000;

const ATTACH = { userName: "alice", policyArn: TOOLS };

/** An account with one finding in that status, of the policy `Tools` attached to alice; and the event it came from. */
async function withFinding(status: FindingStatus) {
  const world = new GuardedAccount({
    mode: status === "open" || status === "resolved" ? "monitor" : "enforce",
  });
  world.iam.createUser("alice");
  world.iam.createUser("bob");
  world.iam.createPolicy("Tools", FULL);
  if (status === "exempt") await world.findings.addExemption(EXEMPT);
  if (status === "containment-failed") {
    world.fault = (operation) =>
      operation === "DetachUserPolicy"
        ? Object.assign(new Error("denied"), { name: "AccessDenied" })
        : undefined;
  }
  const event = world.happen("AttachUserPolicy", ATTACH);
  await world.guard(event).catch(() => undefined);
  world.fault = () => undefined;
  if (status === "resolved") await world.guard(world.happen("DetachUserPolicy", ATTACH));
  if (status === "restored") {
    const [id = ""] = world.alerts.findings.map((finding) => finding.id);
    await restore(world.ports, world.settings)(id, {
      by: "carol",
      reason: "needed",
      hours: 1,
      dryRun: false,
    });
  }
  expect(await world.statuses()).toEqual([status]);
  await world.clock.sleepMs(2 * HOUR_MS);
  for (const { id } of await exemptionsIn(world.findings)) await world.findings.removeExemption(id);
  return { world, event };
}

type Attached = "same" | "one more" | "nobody";

async function evaluatedAgain(
  status: FindingStatus,
  by: "retry" | "sweep",
  mode: Mode,
  isExempt: boolean,
  attached: Attached,
): Promise<string> {
  const { world, event } = await withFinding(status);
  const isAttached = world.holders(TOOLS).length > 0;
  if (attached === "nobody" && isAttached) world.iam.detachPolicy(ALICE, TOOLS);
  if (attached !== "nobody" && !isAttached) world.iam.attachPolicy(ALICE, TOOLS);
  if (attached === "one more") world.iam.attachPolicy(BOB, TOOLS);
  if (isExempt) await world.findings.addExemption(EXEMPT);
  const before = world.alerts.findings.length;
  const settings = { ...world.settings, mode };
  if (by === "retry") await handleEvent(world.ports, settings)(event);
  else await sweep(world.ports, settings)("test");
  const notified = world.alerts.findings.slice(before).map((finding) => finding.status);
  return `${(await world.statuses()).join("+")} / ${notified.join(", ") || "nobody"}`;
}

const STATUSES = ["open", "contained", "containment-failed", "exempt", "restored", "resolved"] as const;

/** The findings' statuses afterwards, the first finding first, and the statuses that people were notified of. */
const TABLE = `
before                          | open                       | contained                       | containment-failed                       | exempt                       | restored                       | resolved
retry, monitor, same            | open > nobody              | contained > nobody              | containment-failed > nobody              | exempt > nobody              | restored > nobody              | resolved > nobody
retry, monitor, one more        | open > nobody              | contained > nobody              | containment-failed > nobody              | exempt > nobody              | restored > nobody              | resolved > nobody
retry, monitor, nobody          | open > nobody              | contained > nobody              | contained > contained                    | exempt > nobody              | restored > nobody              | resolved > nobody
retry, monitor, exempt, same    | open > nobody              | contained > nobody              | containment-failed > nobody              | exempt > nobody              | restored > nobody              | resolved > nobody
retry, monitor, exempt, one more| open > nobody              | contained > nobody              | containment-failed > nobody              | exempt > nobody              | restored > nobody              | resolved > nobody
retry, monitor, exempt, nobody  | open > nobody              | contained > nobody              | contained > contained                    | exempt > nobody              | restored > nobody              | resolved > nobody
retry, enforce, same            | contained > contained      | contained > contained           | contained > contained                    | contained > contained        | contained > contained          | contained > contained
retry, enforce, one more        | contained > contained      | contained > contained           | contained > contained                    | contained > contained        | contained > contained          | contained > contained
retry, enforce, nobody          | open > nobody              | contained > nobody              | contained > contained                    | exempt > nobody              | restored > nobody              | resolved > nobody
retry, enforce, exempt, same    | open > nobody              | contained > nobody              | containment-failed > nobody              | exempt > nobody              | restored > nobody              | resolved > nobody
retry, enforce, exempt, one more| open > nobody              | contained > nobody              | containment-failed > nobody              | exempt > nobody              | restored > nobody              | resolved > nobody
retry, enforce, exempt, nobody  | open > nobody              | contained > nobody              | contained > contained                    | exempt > nobody              | restored > nobody              | resolved > nobody
sweep, monitor, same            | open > nobody              | contained+open > open           | containment-failed > nobody              | open > open                  | open > open                    | resolved+open > open
sweep, monitor, one more        | open+open > open           | contained+open > open           | containment-failed+open > open           | exempt+open > open           | restored+open > open           | resolved+open > open
sweep, monitor, nobody          | resolved > resolved        | contained > nobody              | contained > contained                    | resolved > resolved          | resolved > resolved            | resolved > nobody
sweep, monitor, exempt, same    | exempt > exempt            | contained+exempt > exempt       | exempt > exempt                          | exempt > nobody              | restored > nobody              | resolved+exempt > exempt
sweep, monitor, exempt, one more| open+exempt > exempt       | contained+exempt > exempt       | containment-failed+exempt > exempt       | exempt+exempt > exempt       | restored+exempt > exempt       | resolved+exempt > exempt
sweep, monitor, exempt, nobody  | resolved > resolved        | contained > nobody              | contained > contained                    | resolved > resolved          | resolved > resolved            | resolved > nobody
sweep, enforce, same            | contained > contained      | contained+contained > contained | contained > contained                    | contained > contained        | contained > contained          | resolved+contained > contained
sweep, enforce, one more        | open+contained > contained | contained+contained > contained | containment-failed+contained > contained | exempt+contained > contained | restored+contained > contained | resolved+contained > contained
sweep, enforce, nobody          | resolved > resolved        | contained > nobody              | contained > contained                    | resolved > resolved          | resolved > resolved            | resolved > nobody
sweep, enforce, exempt, same    | exempt > exempt            | contained+exempt > exempt       | exempt > exempt                          | exempt > nobody              | restored > nobody              | resolved+exempt > exempt
sweep, enforce, exempt, one more| open+exempt > exempt       | contained+exempt > exempt       | containment-failed+exempt > exempt       | exempt+exempt > exempt       | restored+exempt > exempt       | resolved+exempt > exempt
sweep, enforce, exempt, nobody  | resolved > resolved        | contained > nobody              | contained > contained                    | resolved > resolved          | resolved > resolved            | resolved > nobody
`;

function cell(row: string, column: number): string {
  const line = TABLE.split("\n").find((text) => text.startsWith(`${row} `) || text.startsWith(`${row}|`));
  return line?.split("|")[column]?.trim().replaceAll(/ *> */g, " / ") ?? `no cell for ${row}`;
}

const CASES = (["retry", "sweep"] as const).flatMap((by) =>
  (["monitor", "enforce"] as const).flatMap((mode) =>
    [false, true].flatMap((isExempt) =>
      (["same", "one more", "nobody"] as const).map((attached) => ({ by, mode, isExempt, attached })),
    ),
  ),
);

describe.each(CASES)(
  "$by, $mode, exempt: $isExempt, attached: $attached",
  ({ by, mode, isExempt, attached }) => {
    it.each(STATUSES)("%s", async (status) => {
      const row = `${by}, ${mode}${isExempt ? ", exempt" : ""}, ${attached}`;
      const column = STATUSES.indexOf(status) + 1;
      expect(await evaluatedAgain(status, by, mode, isExempt, attached)).toBe(cell(row, column));
    });
  },
);
