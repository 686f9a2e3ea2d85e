import { InMemoryFindings } from "@kms-guard/adapters/memory/in-memory-findings.ts";
import { RecordingAlerts } from "@kms-guard/adapters/memory/recording-alerts.ts";
import type { Mode } from "@kms-guard/core/containment/decision.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { UNRESOLVED } from "@kms-guard/core/findings/resolution.ts";
import { subjectKey } from "@kms-guard/core/findings/subject.ts";
import { sortStored } from "@kms-guard/guard/records.ts";
import { sweep } from "@kms-guard/guard/sweep.ts";
import { GuardedAccount } from "@kms-guard/testing/fakes/guarded-account.ts";
import fc from "fast-check";
import { expect, it } from "vitest";

const TEXTS = [
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}',
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:DescribeKey","Resource":"*"}]}',
] as const;
const TOOLS = "arn:aws:iam::111122223333:policy/Tools";

type Call =
  | { readonly kind: "attach" | "detach"; readonly userName: string }
  | { readonly kind: "put"; readonly userName: string; readonly policyDocument: string }
  | { readonly kind: "delete"; readonly userName: string }
  | { readonly kind: "version"; readonly policyDocument: string; readonly setAsDefault: boolean }
  | { readonly kind: "set-default" | "delete-version"; readonly nth: number };

const userName = fc.constantFrom("alice", "bob");
const policyDocument = fc.constantFrom(...TEXTS);
const call: fc.Arbitrary<Call> = fc.oneof(
  fc.record({ kind: fc.constantFrom("attach", "detach"), userName }),
  fc.record({ kind: fc.constant("put"), userName, policyDocument }),
  fc.record({ kind: fc.constant("delete"), userName }),
  fc.record({ kind: fc.constant("version"), policyDocument, setAsDefault: fc.boolean() }),
  fc.record({ kind: fc.constantFrom("set-default", "delete-version"), nth: fc.nat(4) }),
);
const calls = fc.array(call, { maxLength: 12 });
const mode = fc.constantFrom<Mode>("monitor", "enforce");

/** Makes the call, where IAM would let it; answers its event. */
function make(world: GuardedAccount, made: Call): unknown {
  const { iam } = world;
  const tools = iam.policy(TOOLS);
  if ("userName" in made) {
    const user = iam.principal({ type: "user", name: made.userName });
    const { userName } = made;
    if (made.kind === "put") {
      const { policyDocument } = made;
      return world.happen("PutUserPolicy", { userName, policyName: "keys", policyDocument });
    }
    if (made.kind === "delete") {
      if (!user.inline.has("keys")) return undefined;
      return world.happen("DeleteUserPolicy", { userName, policyName: "keys" });
    }
    if (made.kind === "attach") return world.happen("AttachUserPolicy", { userName, policyArn: TOOLS });
    if (!user.attached.has(tools)) return undefined;
    return world.happen("DetachUserPolicy", { userName, policyArn: TOOLS });
  }
  if (made.kind === "version") {
    const { policyDocument, setAsDefault } = made;
    const versionId = `v${tools.lastVersion + 1}`;
    return world.happen(
      "CreatePolicyVersion",
      { policyArn: TOOLS, policyDocument, setAsDefault },
      { responseElements: { policyVersion: { versionId, isDefaultVersion: setAsDefault } } },
    );
  }
  const versionId = [...tools.versions.keys()][made.nth];
  if (versionId === undefined || versionId === tools.defaultVersionId) return undefined;
  const eventName = made.kind === "set-default" ? "SetDefaultPolicyVersion" : "DeletePolicyVersion";
  return world.happen(eventName, { policyArn: TOOLS, versionId });
}

/** An account with a policy `Tools` of that text, made before its guard's eyes. */
async function worldIn(mode: Mode, text: string): Promise<GuardedAccount> {
  const world = new GuardedAccount({ mode });
  world.iam.createUser("alice");
  world.iam.createUser("bob");
  await world.guard(
    world.happen(
      "CreatePolicy",
      { policyName: "Tools", policyDocument: text },
      { responseElements: { policy: { arn: TOOLS, defaultVersionId: "v1" } } },
    ),
  );
  return world;
}

const swept = (world: GuardedAccount) => sweep(world.ports, world.settings)("scheduled");

/** What somebody holds, by the findings: policy and text. */
function heldIn(findings: readonly Finding[]): readonly string[] {
  const held = findings.filter(
    ({ notInForce, attachments }) => notInForce === undefined && attachments.length > 0,
  );
  const all = held.map(({ account, policy }) => `${subjectKey(account, policy)} ${policy.documentSha256}`);
  return [...new Set(all)].toSorted();
}

async function standing(world: GuardedAccount): Promise<readonly Finding[]> {
  const { records } = await sortStored(world.findings.list({ status: UNRESOLVED }));
  return records.map(({ finding }) => finding);
}

/** What a guard that knows nothing would find, and would not touch. */
async function foundAfresh(world: GuardedAccount): Promise<readonly Finding[]> {
  const ports = { ...world.ports, findings: new InMemoryFindings(), alerts: new RecordingAlerts() };
  return (await sweep(ports, { ...world.settings, mode: "monitor" })("afresh")).findings;
}

it("whatever happens, the events leave standing what a sweep would find, and the sweep has nothing to add", async () => {
  await fc.assert(
    fc.asyncProperty(mode, policyDocument, calls, async (mode, text, calls) => {
      const world = await worldIn(mode, text);
      for (const made of calls) {
        const event = make(world, made);
        if (event !== undefined) await world.guard(event);
      }
      expect(heldIn(await standing(world))).toEqual(heldIn(await foundAfresh(world)));
      const [told, statuses] = [world.told, await world.statuses()];
      await swept(world);
      expect([world.told, await world.statuses()]).toEqual([told, statuses]);
    }),
    { numRuns: fc.readConfigureGlobal().numRuns ?? 300 },
  );
});

it("whatever events are late, lost or doubled, one sweep makes up for it, and the next has nothing to add", async () => {
  await fc.assert(
    fc.asyncProperty(
      mode,
      policyDocument,
      fc.array(fc.tuple(call, fc.constantFrom("at once", "late", "lost", "doubled")), { maxLength: 12 }),
      async (mode, text, calls) => {
        const world = await worldIn(mode, text);
        const late: unknown[] = [];
        for (const [made, delivery] of calls) {
          const event = make(world, made);
          if (event === undefined || delivery === "lost") continue;
          if (delivery !== "late") await world.guard(event);
          if (delivery !== "at once") late.unshift(event);
        }
        for (const event of late) await world.guard(event);
        await swept(world);
        expect(heldIn(await standing(world))).toEqual(heldIn(await foundAfresh(world)));
        const [told, statuses] = [world.told, await world.statuses()];
        await swept(world);
        expect([world.told, await world.statuses()]).toEqual([told, statuses]);
      },
    ),
    { numRuns: fc.readConfigureGlobal().numRuns ?? 300 },
  );
});
