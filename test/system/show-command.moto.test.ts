import { showPermissions } from "@kms-guard/adapters/deployment/permissions.ts";
import { DONE, EXEMPTION, FINDING, PLAN } from "@kms-guard/adapters/findings/finding.fixture.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { type Moto, startMoto } from "@kms-guard/sandbox/moto/moto.ts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { actAs, OperatedGuard } from "../moto/operated-guard.ts";
import { roleWith } from "../moto/role-with.ts";

/** `kms-guard show` on a real table and log group. */

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

const CONTAINED: Finding = {
  ...FINDING,
  status: "contained",
  attachments: FINDING.attachments.map((attachment) => ({ ...attachment, state: "contained" })),
  containment: { steps: DONE },
  timing: { ...FINDING.timing, containedAt: "2026-03-04T05:06:13.000Z" },
  nextSteps: [
    "npx --no kms-guard restore kg-00112233445566aa",
    "npx --no kms-guard show kg-00112233445566aa",
    "npx --no kms-guard exempt add kg-00112233445566aa --reason '...' --owner '...' --days 30",
  ],
};
const PUBLISHED: Finding = {
  ...CONTAINED,
  timing: { ...CONTAINED.timing, publishedAt: "2026-03-04T05:06:13.400Z" },
};

async function contained(): Promise<void> {
  await guard.records(CONTAINED);
  await guard.told(PUBLISHED);
}

describe("a finding", () => {
  test("is shown whole, from the call to who exempted it since", async () => {
    await contained();
    await guard.ports.findings.addExemption({
      ...EXEMPTION,
      policy: { kind: "managed", arn: "arn:aws:iam::111122223333:policy/TeamX" },
      createdAt: "2026-03-04T06:00:00Z",
    });
    const { code, out, err } = await guard.run(["show", FINDING.id]);
    expect({ code, err: err() }).toEqual({ code: 0, err: "" });
    await expect(out()).toMatchFileSnapshot("../golden/show.txt");
  });

  test("as JSON is the finding with its plan and timeline", async () => {
    await contained();
    const { code, out } = await guard.run(["show", FINDING.id, "--output", "json"]);
    expect(code).toBe(0);
    expect(JSON.parse(out())).toMatchObject({
      ...CONTAINED,
      plan: [],
      timeline: [
        { at: "2026-03-04T05:06:07Z" },
        { at: "2026-03-04T05:06:12.345Z", what: "received by the guard" },
        { at: "2026-03-04T05:06:13.000Z" },
        { at: "2026-03-04T05:06:13.000Z" },
        { at: "2026-03-04T05:06:13.400Z", what: "notified: contained" },
      ],
    });
  });

  test("whose containment was interrupted has the steps that were done", async () => {
    const [step] = DONE;
    if (step === undefined) throw new Error("the fixture has no step");
    await guard.ports.findings.open(FINDING, PLAN);
    await guard.ports.findings.recordOutcome(FINDING.id, step);
    const { out } = await guard.run(["show", FINDING.id]);
    expect(out()).toContain("done: detach managed policy TeamX from role Deployer\n");
  });

  test("is found by the first digits of its id", async () => {
    await contained();
    const { code, out } = await guard.run(["show", "kg-001", "--output", "json"]);
    expect(code).toBe(0);
    expect(JSON.parse(out())).toMatchObject({ id: FINDING.id });
  });

  test("is shown without the history too, and what is missing is said", async () => {
    await contained();
    await guard.refusing(({ service }) =>
      service === "logs" ? { status: 400, code: "AccessDeniedException", message: "not you" } : undefined,
    );
    const { code, out, err } = await guard.run(["show", FINDING.id]);
    expect(code).toBe(0);
    expect(out()).not.toContain("notified: contained");
    expect(err()).toContain("note: the history cannot be read, so the notifications are left out: ");
  });
});

describe("what is refused", () => {
  test("a beginning that nothing has, and one that two have", async () => {
    await contained();
    await guard.records({ ...CONTAINED, id: "kg-00112233ffffffff" });
    expect((await guard.run(["show", "kg-f"])).err()).toContain("there is no finding `kg-f`");
    const { code, err } = await guard.run(["show", "kg-0011"]);
    expect(code).toBe(1);
    expect(err()).toMatch(
      /^error: 2 findings start with `kg-0011`: kg-00112233\w{8}, kg-00112233\w{8}; type more of the id\n$/,
    );
  });

  test("a table that is throttled, in one line with its cure", async () => {
    await guard.refusing(({ service }) =>
      service === "dynamodb" ? { status: 400, code: "ThrottlingException", message: "said AWS" } : undefined,
    );
    const { code, err } = await guard.run(["show", FINDING.id]);
    expect(code).toBe(1);
    expect(err()).toContain("AWS is throttling");
    expect(err().trimEnd()).not.toContain("\n");
  });
});

test("the permissions of `showPermissions` are enough, by id and by the first digits", async () => {
  await contained();
  const permissions = showPermissions({
    partition: "aws",
    account: "111122223333",
    tableArn: "arn:aws:dynamodb:us-east-1:111122223333:table/kms-guard-prod-Findings",
    historyLogGroupArn: "arn:aws:logs:us-east-1:111122223333:log-group:/kms-guard/prod/history",
  });
  actAs(await roleWith(moto, permissions));
  for (const id of [FINDING.id, "kg-0"]) {
    const { code, err } = await guard.run(["show", id]);
    expect({ code, err: err() }).toEqual({ code: 0, err: "" });
  }
});
