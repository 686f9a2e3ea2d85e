import type { Policy, PrincipalName } from "@kms-guard/core/policy/policy.ts";
import type { PolicyReader } from "@kms-guard/guard/ports.ts";
import { describe, expect, it } from "vitest";
import type { AccountSeed } from "./account-seed.ts";

const FULL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}';
const SPACED =
  '{ "Version": "2012-10-17", "Statement": [ { "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*" } ] }';
/** IAM's unique id of a principal. */
const ID = expect.stringMatching(/^[A-Z0-9]{16,}$/i);
const ALICE: PrincipalName = { type: "user", name: "contract-alice" };
const BUILD: PrincipalName = { type: "role", name: "contract-Build" };
const TEAM: PrincipalName = { type: "group", name: "contract-Team" };
const ABSENT = "arn:aws:iam::111122223333:policy/contract-absent";

export interface ReaderSubject {
  readonly reader: PolicyReader;
  /** Of an account that has nothing of the names that begin with `contract-`. */
  readonly seed: AccountSeed;
}

/** What an account that stands in for IAM does not do: cases that only it can fail are left out. */
export type Gap = "boundary-uses" | "any-case-names" | "uses-of-absent";

/** What every reader of policies does, on an account that each case sets up for itself. */
export function policyReaderContract(
  name: string,
  makeSubject: () => ReaderSubject | Promise<ReaderSubject>,
  { pageSize = 100, gaps = [] }: { readonly pageSize?: number; readonly gaps?: readonly Gap[] } = {},
): void {
  describe(`${name} reads policies`, () => {
    it("the default version of a managed policy, decoded, byte for byte", async () => {
      const { reader, seed } = await makeSubject();
      const arn = await seed.createPolicy("contract-Tools", FULL, { path: "/team/" });
      await seed.createPolicyVersion(arn, SPACED, true);
      expect(await reader.managedPolicy(arn)).toEqual({
        kind: "managed",
        arn,
        name: "contract-Tools",
        versionId: "v2",
        document: SPACED,
      });
    });

    it("the stored versions, newest first, and each one's text", async () => {
      const { reader, seed } = await makeSubject();
      const arn = await seed.createPolicy("contract-Tools", FULL);
      await seed.createPolicyVersion(arn, SPACED, false);
      await seed.createPolicyVersion(arn, FULL, true);
      await seed.deletePolicyVersion(arn, "v1");
      expect(await reader.policyVersionIds(arn)).toEqual(["v3", "v2"]);
      expect(await reader.policyVersion(arn, "v2")).toBe(SPACED);
      expect(await reader.policyVersion(arn, "v1")).toBeUndefined();
    });

    it("AWS's own policies, which a customer's policy of that name is not", async () => {
      const { reader, seed } = await makeSubject();
      const own = await seed.createPolicy("contract-AdministratorAccess", SPACED, {
        path: "/aws-service-role/",
      });
      expect((await reader.managedPolicy("arn:aws:iam::aws:policy/AdministratorAccess"))?.kind).toBe(
        "aws-managed",
      );
      expect((await reader.managedPolicy(own))?.kind).toBe("managed");
    });

    it("who holds a policy, every page of it, and apart from them whose boundary it is", async () => {
      const { reader, seed } = await makeSubject();
      const arn = await seed.createPolicy("contract-Tools", FULL);
      const users = Array.from({ length: pageSize + 1 }, (_, index) => `contract-user-${index}`);
      for (const user of users) {
        await seed.createUser(user);
        await seed.attachPolicy({ type: "user", name: user }, arn);
      }
      await seed.createGroup(TEAM.name);
      await seed.attachPolicy(TEAM, arn);
      await seed.createRole(BUILD.name);
      await seed.putPermissionsBoundary(BUILD, arn);
      const uses = await reader.policyAttachments(arn);
      expect(uses?.attachments.map(({ type, name: who }) => `${type}/${who}`).toSorted()).toEqual(
        [...users.map((user) => `user/${user}`), `group/${TEAM.name}`].toSorted(),
      );
    });

    it.skipIf(gaps.includes("boundary-uses"))("whose boundary a policy is", async () => {
      const { reader, seed } = await makeSubject();
      const arn = await seed.createPolicy("contract-Tools", FULL);
      await seed.createRole(BUILD.name);
      await seed.putPermissionsBoundary(BUILD, arn);
      expect(await reader.policyAttachments(arn)).toEqual({
        attachments: [],
        boundaryOf: [{ ...BUILD, id: ID }],
      });
    });

    it("a policy that a role has as permissions and as boundary: attached", async () => {
      const { reader, seed } = await makeSubject();
      const arn = await seed.createPolicy("contract-Tools", FULL);
      await seed.createRole(BUILD.name);
      await seed.attachPolicy(BUILD, arn);
      await seed.putPermissionsBoundary(BUILD, arn);
      expect(await reader.policyAttachments(arn)).toEqual({
        attachments: [{ ...BUILD, id: ID }],
        boundaryOf: [{ ...BUILD, id: ID }],
      });
    });

    it("unique ids: the same of a principal in every reading", async () => {
      const { reader, seed } = await makeSubject();
      const arn = await seed.createPolicy("contract-Tools", FULL);
      await seed.createUser(ALICE.name);
      await seed.createRole(BUILD.name);
      await seed.createGroup(TEAM.name);
      for (const principal of [ALICE, BUILD, TEAM]) await seed.attachPolicy(principal, arn);
      const ids = new Set<string | undefined>();
      for (const { id, ...principal } of (await reader.policyAttachments(arn))?.attachments ?? []) {
        expect(id).toEqual(ID);
        expect((await reader.principalDetails(principal))?.id).toBe(id);
        ids.add(id);
      }
      expect(ids.size).toBe(3);
      for await (const policy of reader.accountPolicies()) {
        if (policy.kind !== "managed" || policy.arn !== arn) continue;
        expect(new Set(policy.attachments.map(({ id }) => id))).toEqual(ids);
      }
    });

    it("an inline policy of a user, a role and a group", async () => {
      const { reader, seed } = await makeSubject();
      await seed.createUser(ALICE.name);
      await seed.createRole(BUILD.name);
      await seed.createGroup(TEAM.name);
      for (const principal of [ALICE, BUILD, TEAM]) {
        await seed.putInlinePolicy(principal, "extra", FULL);
        expect(await reader.inlinePolicy(principal, "extra")).toMatchObject({
          kind: "inline",
          name: "extra",
          principal,
          document: FULL,
        });
        expect(await reader.inlinePolicy(principal, "other")).toBeUndefined();
      }
    });

    it("all policies of a principal, and none of its groups'", async () => {
      const { reader, seed } = await makeSubject();
      const arn = await seed.createPolicy("contract-Tools", FULL);
      const others = await seed.createPolicy("contract-Others", FULL);
      await seed.createUser(ALICE.name);
      await seed.createGroup(TEAM.name);
      await seed.addUserToGroup(TEAM.name, ALICE.name);
      await seed.attachPolicy(TEAM, others);
      await seed.attachPolicy(ALICE, arn);
      await seed.putInlinePolicy(ALICE, "one", FULL);
      await seed.putInlinePolicy(ALICE, "two", SPACED);
      const held = await reader.policiesOf(ALICE);
      expect(held?.managedArns).toEqual([arn]);
      expect(held?.inline.map(({ name: policyName, document }) => [policyName, document]).toSorted()).toEqual(
        [
          ["one", FULL],
          ["two", SPACED],
        ],
      );
    });

    it("a holder's ARN with its path, and how many users are in a group", async () => {
      const { reader, seed } = await makeSubject();
      await seed.createRole(BUILD.name, { path: "/ci/" });
      expect(await reader.principalDetails(BUILD)).toEqual({
        arn: "arn:aws:iam::111122223333:role/ci/contract-Build",
        id: ID,
      });
      await seed.createGroup(TEAM.name);
      const arn = "arn:aws:iam::111122223333:group/contract-Team";
      expect(await reader.principalDetails(TEAM)).toEqual({ arn, id: ID, members: 0 });
      await seed.createUser(ALICE.name, { path: "/people/" });
      await seed.addUserToGroup(TEAM.name, ALICE.name);
      expect(await reader.principalDetails(TEAM)).toEqual({ arn, id: ID, members: 1 });
      expect(await reader.principalDetails(ALICE)).toEqual({
        arn: "arn:aws:iam::111122223333:user/people/contract-alice",
        id: ID,
      });
    });

    it.skipIf(gaps.includes("any-case-names"))("names whatever their case", async () => {
      const { reader, seed } = await makeSubject();
      await seed.createUser(ALICE.name);
      await seed.putInlinePolicy(ALICE, "extra", FULL);
      const shouted = { type: "user", name: "CONTRACT-ALICE" } as const;
      expect((await reader.inlinePolicy(shouted, "extra"))?.document).toBe(FULL);
    });

    it("as undefined what is not there", async () => {
      const { reader } = await makeSubject();
      expect(await reader.managedPolicy(ABSENT)).toBeUndefined();
      expect(await reader.policyVersion(ABSENT, "v1")).toBeUndefined();
      expect(await reader.policyVersionIds(ABSENT)).toBeUndefined();
      if (!gaps.includes("uses-of-absent")) expect(await reader.policyAttachments(ABSENT)).toBeUndefined();
      expect(await reader.inlinePolicy(ALICE, "extra")).toBeUndefined();
      expect(await reader.policiesOf(BUILD)).toBeUndefined();
      for (const principal of [ALICE, BUILD, TEAM]) {
        expect(await reader.principalDetails(principal)).toBeUndefined();
      }
    });

    it("a whole account: own policies held or not, AWS's that are held, inline ones, with ARNs of holders", async () => {
      const { reader, seed } = await makeSubject();
      const arn = await seed.createPolicy("contract-Tools", FULL);
      const unused = await seed.createPolicy("contract-Unused", SPACED);
      await seed.createRole(BUILD.name, { path: "/ci/" });
      await seed.attachPolicy(BUILD, arn);
      await seed.attachPolicy(BUILD, "arn:aws:iam::aws:policy/PowerUserAccess");
      await seed.putInlinePolicy(BUILD, "extra", FULL);
      const policies: Policy[] = [];
      for await (const policy of reader.accountPolicies()) policies.push(policy);
      const find = (wanted: string) =>
        policies.find((policy) => (policy.kind === "inline" ? policy.name : policy.arn) === wanted);
      const holder = { ...BUILD, arn: expect.stringMatching(/:role\/ci\/contract-Build$/) };
      expect(find(arn)).toMatchObject({ versionId: "v1", document: FULL, attachments: [holder] });
      expect(find(unused)).toMatchObject({ attachments: [], document: SPACED });
      expect(find("arn:aws:iam::aws:policy/PowerUserAccess")).toMatchObject({ attachments: [holder] });
      expect(find("arn:aws:iam::aws:policy/AdministratorAccess")).toBeUndefined();
      expect(find("extra")).toMatchObject({ principal: holder, document: FULL });
    });

    it("of a whole account the versions that are stored, and asked for", async () => {
      const { reader, seed } = await makeSubject();
      const arn = await seed.createPolicy("contract-Tools", SPACED);
      await seed.createPolicyVersion(arn, FULL);
      await seed.createPolicyVersion(arn, SPACED);
      const stored: unknown[] = [];
      for (const isOfInterest of [(document: string) => document === FULL, undefined]) {
        for await (const policy of reader.accountPolicies(isOfInterest)) {
          if (policy.kind === "managed" && policy.arn === arn)
            stored.push([policy.versionId, policy.otherVersions]);
        }
      }
      expect(stored).toEqual([
        ["v1", [{ versionId: "v2", document: FULL }]],
        ["v1", undefined],
      ]);
    });
  });
}
