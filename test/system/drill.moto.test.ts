import { CreateRoleCommand, IAMClient, ListPoliciesCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { drillPermissions } from "@kms-guard/adapters/deployment/permissions.ts";
import { type Moto, startMoto } from "@kms-guard/sandbox/moto/moto.ts";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { TRUST } from "../moto/iam-seed.ts";
import { actAs, OperatedGuard } from "../moto/operated-guard.ts";
import { documentOf } from "../moto/whole-guard.ts";

/** A drill in an account whose guard does not answer; drill.sandbox.test.ts has one that does. */

let moto: Moto;
let guard: OperatedGuard;
beforeAll(async () => {
  moto = await startMoto();
});
afterAll(() => moto.stop());
beforeEach(async () => {
  guard = await OperatedGuard.deploy(moto);
});
afterEach(() => guard.close());

const admin = () =>
  new IAMClient({
    ...{ region: "us-east-1", endpoint: moto.endpoint },
    credentials: { accessKeyId: "AKIAADMIN", secretAccessKey: "invented" },
  });

async function policies(): Promise<readonly (string | undefined)[]> {
  const { Policies = [] } = await admin().send(new ListPoliciesCommand({ Scope: "Local" }));
  return Policies.map(({ PolicyName }) => PolicyName);
}

/** The canary's own digits are others each time. */
const named = (text: string) => text.replace(/kms-guard-drill-[0-9a-f]{12}/g, "kms-guard-drill-X");

test("who says no has nothing made, and is told before what would be", async () => {
  const { code, out, err } = await guard.run(["drill", "--attach"], "n\n");
  expect({ code, out: out() }).toEqual({ code: 1, out: "" });
  expect(named(err())).toBe(
    `drill: in account 111122223333 (stage prod, us-east-1, mode enforce) as arn:aws:sts::111122223333:user/moto
  creates managed policy kms-guard-drill-X, which grants kms:* and is attached to nothing
  then creates role kms-guard-drill-X, which nobody can assume, and attaches the policy to it
  everybody who gets alerts gets a CRITICAL one; what it creates is removed at the end
Start the drill? [y/N] error: not confirmed, so nothing was created
`,
  );
  expect(await policies()).toEqual([]);
});

test("who says yes has it made, and removed", async () => {
  const { code, out, err } = await guard.run(["drill", "--timeout", "7"], "y\n");
  expect({ code, out: out() }).toEqual({
    code: 1,
    out: "FAILED       no alert came within 7 s\nnext: npx --no kms-guard doctor\nremoved      everything that the drill created\n",
  });
  expect(named(err())).toContain(
    "creating policy kms-guard-drill-X\nwaiting for the alert, up to 7 s\nremoving what the drill created\n",
  );
  expect(await policies()).toEqual([]);
});

test("what it may not remove it names, with the command that does", async () => {
  const proxy = await guard.refusing(({ action }) =>
    action === "DeletePolicy" ? { status: 403, code: "AccessDenied", message: "not you" } : undefined,
  );
  const { code, out } = await guard.run(["drill", "--timeout", "1", "--yes"]);
  expect({ code, out: named(out()) }).toEqual({
    code: 1,
    out: `FAILED       no alert came within 1 s
next: npx --no kms-guard doctor
LEFT         could not remove everything that the drill created:
  AccessDenied: not you
next: aws iam delete-policy --policy-arn arn:aws:iam::111122223333:policy/kms-guard-drill-X
`,
  });
  expect(proxy.calls.filter(({ action }) => action === "CreatePolicy")).toHaveLength(1);
  expect(await policies()).toEqual([expect.stringMatching(/^kms-guard-drill-[0-9a-f]{12}$/)]);
});

test("a policy that may not be made is a failure, and nothing is left", async () => {
  await guard.refusing(({ action }) =>
    action === "CreatePolicy"
      ? { status: 403, code: "AccessDenied", message: "an explicit deny in a service control policy" }
      : undefined,
  );
  const { code, out } = await guard.run(["drill", "--yes"]);
  expect({ code, out: out() }).toEqual({
    code: 1,
    out: `FAILED       create-policy was refused: AccessDenied (service control policy): an explicit deny in a service control policy
removed      everything that the drill created
`,
  });
});

test("the rights that are documented are enough to make, to look, and to remove", async () => {
  const RoleName = "Driller";
  const permissions = drillPermissions({
    ...{ partition: "aws", account: "111122223333" },
    tableArn: "arn:aws:dynamodb:us-east-1:111122223333:table/kms-guard-prod-Findings",
    historyLogGroupArn: "arn:aws:logs:us-east-1:111122223333:log-group:/kms-guard/prod/history",
  });
  await admin().send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST }));
  // moto takes every call's resource for `*`, so that only actions can be held against it.
  const PolicyDocument = documentOf(permissions.map((held) => ({ ...held, resources: ["*"] })));
  await admin().send(new PutRolePolicyCommand({ RoleName, PolicyName: "drill", PolicyDocument }));
  actAs(await moto.assumeRole(RoleName));
  await moto.enforcePermissions();
  const { out } = await guard.run(["drill", "--yes", "--timeout", "1"]);
  expect(out()).toBe(
    "FAILED       no alert came within 1 s\nnext: npx --no kms-guard doctor\nremoved      everything that the drill created\n",
  );
  await moto.allowEverything();
  expect(await policies()).toEqual([]);
});

test.each([
  [["drill", "--yes", "--timeout", "0"], "Seconds are a whole number from 1 to 3600."],
  [["drill", "--yes", "--timeout", "1.5"], "Seconds are a whole number from 1 to 3600."],
  [["drill"], "drill asks before it changes anything"],
  [["doctor", "--output", "xml"], "Allowed choices are human, json."],
])("%j is wrong usage", async (args, told) => {
  const { code, err } = await guard.run(args);
  expect(code).toBe(3);
  expect(err()).toContain(told);
});
