import { expect, test } from "vitest";
import { startSandboxChild } from "../sandbox/child.ts";
import { kmsGuard } from "../sandbox/kms-guard.ts";

/** A drill where the guard only speaks; every-command.sandbox.test.ts has one where it acts. */

test("in monitor mode a drill is told twice, and the policy is detached by the drill alone", async () => {
  const sandbox = await startSandboxChild("monitor");
  try {
    const { code, out } = await kmsGuard(sandbox.endpoint, ["drill", "--attach", "--yes"]);
    expect(code).toBe(0);
    expect(out).toMatch(
      / s after AttachRolePolicy, finding kg-[0-9a-f]{16}; monitor mode detaches nothing\n/,
    );
    expect(out).toContain("removed      everything that the drill created\n");
    expect(sandbox.delivered.filter(({ finding }) => finding.containment !== undefined)).toEqual([]);
  } finally {
    await sandbox.end("SIGTERM");
  }
});

test("nothing is made unasked where there is nobody to ask", async () => {
  const { code, err } = await kmsGuard("http://127.0.0.1:9", ["drill"]);
  expect(code).toBe(3);
  expect(err).toContain("error: drill asks before it changes anything");
});
