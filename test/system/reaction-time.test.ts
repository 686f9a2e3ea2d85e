import type { Ports } from "@kms-guard/guard/ports.ts";
import { GuardedAccount } from "@kms-guard/testing/fakes/guarded-account.ts";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

const FULL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}';
const TOOLS = "arn:aws:iam::111122223333:policy/Tools";

/** Every call takes one round trip; reading a managed policy takes GetPolicy and then GetPolicyVersion. */
const ROUND_TRIP_MS = 100;

/** The port with each of its calls taking so many round trips. */
function slow<Port extends object>(
  port: Port,
  roundTrips: (call: string, given: readonly unknown[]) => number = () => 1,
): Port {
  return new Proxy(port, {
    get: (target, call) => {
      const method: unknown = Reflect.get(target, call);
      if (typeof method !== "function") return method;
      const goBy = (given: readonly unknown[]) =>
        new Promise((resolve) => setTimeout(resolve, ROUND_TRIP_MS * roundTrips(String(call), given)));
      if (call === "list") {
        return async function* (...given: unknown[]) {
          await goBy(given);
          yield* method.apply(target, given);
        };
      }
      return async (...given: unknown[]) => {
        await goBy(given);
        return method.apply(target, given);
      };
    },
  });
}

/** How many round trips one after the other went by before the first policy was taken away. */
async function roundTripsBefore(world: GuardedAccount, operation: string, event: unknown): Promise<number> {
  const startMs = Date.now();
  let takenMs = Number.NaN;
  const ports: Ports = {
    ...world.ports,
    policies: slow(world.account, (call) => (call === "managedPolicy" ? 2 : 1)),
    findings: slow(world.findings),
    // Taking away begins with the taking, where it was confirmed what is taken, and else with asking.
    writer: slow(world.account, (call, [, isConfirmed]) =>
      call === "stillStands" || (operation.startsWith("Delete") && isConfirmed !== true) ? 1 : 0,
    ),
  };
  world.fault = (called) => {
    if (called === operation && Number.isNaN(takenMs)) takenMs = Date.now();
    return undefined;
  };
  const { handleEvent } = await import("@kms-guard/guard/handle-event.ts");
  const handling = handleEvent(ports, world.settings)(event);
  await vi.runAllTimersAsync();
  await handling;
  return (takenMs - startMs) / ROUND_TRIP_MS;
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function worldWithTools(): GuardedAccount {
  const world = new GuardedAccount();
  world.iam.createUser("alice");
  world.iam.createGroup("Admins");
  world.iam.createPolicy("Tools", FULL);
  world.iam.attachPolicy({ type: "group", name: "Admins" }, TOOLS);
  return world;
}

it("takes an attached policy away after three round trips", async () => {
  const world = worldWithTools();
  const event = world.happen("AttachUserPolicy", { userName: "alice", policyArn: TOOLS });
  expect(await roundTripsBefore(world, "DetachGroupPolicy", event)).toBe(3);
});

it("takes a policy with a new default version away after three round trips", async () => {
  const world = worldWithTools();
  const event = world.happen(
    "CreatePolicyVersion",
    { policyArn: TOOLS, policyDocument: FULL, setAsDefault: true },
    { responseElements: { policyVersion: { versionId: "v2", isDefaultVersion: true } } },
  );
  expect(await roundTripsBefore(world, "DetachGroupPolicy", event)).toBe(3);
});

it("deletes an inline policy after two round trips", async () => {
  const world = worldWithTools();
  const event = world.happen("PutUserPolicy", { userName: "alice", policyName: "x", policyDocument: FULL });
  expect(await roundTripsBefore(world, "DeleteUserPolicy", event)).toBe(2);
});
