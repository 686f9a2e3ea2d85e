import { type ContainmentStep, type DeleteInlineStep, inverse } from "@kms-guard/core/containment/steps.ts";
import type { PrincipalName } from "@kms-guard/core/policy/policy.ts";
import type { PolicyReader, PolicyWriter } from "@kms-guard/guard/ports.ts";
import { describe, expect, it } from "vitest";
import type { AccountSeed } from "./account-seed.ts";

const FULL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}';
const OTHER =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:DescribeKey","Resource":"*"}]}';
const PRINCIPALS: readonly PrincipalName[] = [
  { type: "user", name: "contract-alice" },
  { type: "role", name: "contract-Build" },
  { type: "group", name: "contract-Team" },
];

export interface WriterSubject {
  readonly writer: PolicyWriter;
  readonly reader: Pick<PolicyReader, "policiesOf">;
  /** Of an account that has nothing of the names that begin with `contract-`. */
  readonly seed: AccountSeed;
}

/** What every writer of policies does: take away, give back, twice without harm. */
export function policyWriterContract(
  name: string,
  makeSubject: () => WriterSubject | Promise<WriterSubject>,
): void {
  const prepared = async (principal: PrincipalName) => {
    const subject = await makeSubject();
    if (principal.type === "user") await subject.seed.createUser(principal.name);
    if (principal.type === "role") await subject.seed.createRole(principal.name);
    if (principal.type === "group") await subject.seed.createGroup(principal.name);
    const policyArn = await subject.seed.createPolicy("contract-Tools", FULL);
    const detach: ContainmentStep = {
      action: `detach-${principal.type}-policy`,
      target: { principal, policyArn },
    };
    const remove: DeleteInlineStep = {
      action: `delete-${principal.type}-policy`,
      target: { principal, policyName: "extra" },
      document: FULL,
    };
    return { ...subject, policyArn, detach, remove };
  };

  describe.each(PRINCIPALS)(`${name} changes policies of a $type`, (principal) => {
    it("detaches and attaches again", async () => {
      const { writer, reader, seed, policyArn, detach } = await prepared(principal);
      await seed.attachPolicy(principal, policyArn);
      expect(await writer.perform(detach)).toEqual({ outcome: "done" });
      expect((await reader.policiesOf(principal))?.managedArns).toEqual([]);
      expect(await writer.perform(inverse(detach))).toEqual({ outcome: "done" });
      expect((await reader.policiesOf(principal))?.managedArns).toEqual([policyArn]);
    });

    it("deletes an inline policy and puts it back, byte for byte", async () => {
      const { writer, reader, seed, remove } = await prepared(principal);
      await seed.putInlinePolicy(principal, "extra", FULL);
      expect(await writer.perform(remove)).toEqual({ outcome: "done" });
      expect((await reader.policiesOf(principal))?.inline).toEqual([]);
      expect(await writer.perform(inverse(remove))).toEqual({ outcome: "done" });
      expect((await reader.policiesOf(principal))?.inline).toMatchObject([{ name: "extra", document: FULL }]);
    });

    it("finds `already` taken away what is not there", async () => {
      const { writer, detach, remove } = await prepared(principal);
      expect(await writer.perform(detach)).toEqual({ outcome: "already" });
      expect(await writer.perform(remove)).toEqual({ outcome: "already" });
    });

    it("finds `already` given what is there", async () => {
      const { writer, seed, policyArn, detach, remove } = await prepared(principal);
      await seed.attachPolicy(principal, policyArn);
      await seed.putInlinePolicy(principal, "extra", FULL);
      expect(await writer.perform(inverse(detach))).toEqual({ outcome: "already" });
      expect(await writer.perform(inverse(remove))).toEqual({ outcome: "already" });
    });

    it("deletes no inline policy that somebody else put there", async () => {
      const { writer, reader, seed, remove } = await prepared(principal);
      await seed.putInlinePolicy(principal, "extra", OTHER);
      expect(await writer.perform(remove)).toMatchObject({ outcome: "failed", retryable: true });
      expect((await reader.policiesOf(principal))?.inline).toMatchObject([{ document: OTHER }]);
    });

    it("knows whether the inline policy it would delete is the one that stands", async () => {
      const { writer, seed, remove } = await prepared(principal);
      expect(await writer.isUnchanged(remove)).toBe(false);
      await seed.putInlinePolicy(principal, "extra", FULL);
      expect(await writer.isUnchanged(remove)).toBe(true);
      await seed.putInlinePolicy(principal, "extra", OTHER);
      expect(await writer.isUnchanged(remove)).toBe(false);
    });

    it("writes over no inline policy that somebody else put there", async () => {
      const { writer, reader, seed, remove } = await prepared(principal);
      await seed.putInlinePolicy(principal, "extra", OTHER);
      expect(await writer.perform(inverse(remove))).toMatchObject({ outcome: "failed", retryable: false });
      expect((await reader.policiesOf(principal))?.inline).toMatchObject([{ document: OTHER }]);
    });
  });

  describe(`${name} cannot give to a principal that is gone`, () => {
    it.each(PRINCIPALS)("a $type", async (principal) => {
      const { writer, seed } = await makeSubject();
      const policyArn = await seed.createPolicy("contract-Tools", FULL);
      const step = { action: `attach-${principal.type}-policy`, target: { principal, policyArn } } as const;
      expect(await writer.perform(step)).toMatchObject({
        outcome: "failed",
        error: expect.stringContaining("NoSuchEntity"),
        retryable: false,
      });
    });
  });
}
