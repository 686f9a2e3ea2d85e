import { IAMClient } from "@aws-sdk/client-iam";
import { awsPorts } from "@kms-guard/adapters/aws-ports.ts";
import { type GuardEnvironment, readEnvironment } from "@kms-guard/adapters/deployment/environment.ts";
import { iamConnection } from "@kms-guard/adapters/iam/connection.ts";
import { createPolicyReader } from "@kms-guard/adapters/iam/policy-reader.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import type { PrincipalName, PrincipalType } from "@kms-guard/core/policy/policy.ts";
import { handleEvent } from "@kms-guard/guard/handle-event.ts";
import type { Clock, FindingRecord, Ports } from "@kms-guard/guard/ports.ts";
import { sortStored } from "@kms-guard/guard/records.ts";
import { restore } from "@kms-guard/guard/restore.ts";
import { type Moto, startMoto } from "@kms-guard/sandbox/moto/moto.ts";
import { type AwsCall, awsProxy, type Hindrance } from "@kms-guard/testing/fakes/aws-proxy.ts";
import { iamEvent } from "@kms-guard/testing/fakes/guarded-account.ts";
import { inParallel } from "@kms-guard/testing/fakes/in-parallel.ts";
import { type Random, seededRandom } from "@kms-guard/testing/fakes/seeded-random.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  ADMINISTRATOR,
  awsVariables,
  createGuardResources,
  type GuardResources,
} from "../moto/guard-resources.ts";
import { iamSeed } from "../moto/iam-seed.ts";

/**
 * An AWS on a bad day: nearly one call in three fails, and events come up to three times, at once and in any order.
 * What must hold at the end holds for every run; the seed only makes runs alike.
 */
const SEED = 20_260_302;
const EVENTS = 300;
const VIOLATIONS = 60;

const FULL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}';
const READ_ONLY =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:DescribeKey","Resource":"*"}]}';
const TYPES: readonly PrincipalType[] = ["user", "role", "group"];

/** So many run at a time, each with clients of its own: few enough that moto answers each before its client gives up. */
const ENVIRONMENTS = 8;
/** How long Lambda waits before its second and its third try. */
const RETRY_WAITS_MS = [60_000, 120_000];

let moto: Moto;
let resources: GuardResources;
beforeAll(async () => {
  moto = await startMoto();
  resources = await createGuardResources(moto, "enforce");
});
afterAll(() => moto?.stop());

/** Something bad in the account: who holds it, and the event that it came with. */
interface Violation {
  readonly policyName: string;
  readonly eventId: string;
  readonly event: unknown;
}

/** Makes the account: violations, harmless things of the same kinds, and the events of all of them. */
async function seedAccount() {
  const seed = iamSeed(
    new IAMClient({ endpoint: moto.endpoint, region: "us-east-1", credentials: ADMINISTRATOR }),
  );
  const principals = TYPES.flatMap((type) =>
    Array.from({ length: 6 }, (_, index): PrincipalName => ({ type, name: `${type}${index}` })),
  );
  await inParallel(8, principals, ({ type, name }) =>
    ({ user: seed.createUser, role: seed.createRole, group: seed.createGroup })[type](name),
  );
  const fine = await seed.createPolicy("Fine", READ_ONLY);
  await inParallel(8, principals, (principal) => seed.attachPolicy(principal, fine));

  const holder = (index: number) => principals[index % principals.length] ?? raise("no principals");
  const violations = await inParallel(
    8,
    Array.from({ length: VIOLATIONS }, (_, index) => index),
    async (index): Promise<Violation> => {
      const policyName = `bad${index}`;
      const eventId = `violation-${index}`;
      const first = holder(index);
      const kind = index % 3;
      if (kind === 0) {
        await seed.putInlinePolicy(first, policyName, FULL);
        return { policyName, eventId, event: putting(first, policyName, FULL, eventId) };
      }
      const others = [holder(index + 7), holder(index + 13)].slice(0, index % 3);
      const policyArn = await seed.createPolicy(policyName, kind === 1 ? FULL : READ_ONLY);
      for (const principal of [first, ...others]) await seed.attachPolicy(principal, policyArn);
      if (kind === 1) return { policyName, eventId, event: attaching(first, policyArn, eventId) };
      await seed.createPolicyVersion(policyArn, FULL, true);
      const parameters = { policyArn, policyDocument: FULL, setAsDefault: true };
      const responseElements = { policyVersion: { versionId: "v2", isDefaultVersion: true } };
      return {
        policyName,
        eventId,
        event: iamEvent("CreatePolicyVersion", parameters, { eventID: eventId, responseElements }),
      };
    },
  );

  const harmless = await inParallel(
    8,
    Array.from({ length: EVENTS - VIOLATIONS }, (_, index) => index),
    async (index) => {
      const eventId = `harmless-${index}`;
      const principal = holder(index);
      switch (index % 8) {
        case 0:
          return attaching(principal, fine, eventId);
        case 1: {
          const policyName = `fine${index}`;
          await seed.putInlinePolicy(principal, policyName, READ_ONLY);
          return putting(principal, policyName, READ_ONLY, eventId);
        }
        case 2:
          return iamEvent(
            "CreatePolicy",
            { policyName: `new${index}`, policyDocument: READ_ONLY },
            { eventID: eventId, responseElements: { policy: { arn: fine, defaultVersionId: "v1" } } },
          );
        case 3:
        case 4:
          return iamEvent("AttachUserPolicy", {}, { eventID: eventId, errorCode: "AccessDenied" });
        default:
          return iamEvent("CreateUser", { userName: `user${index}` }, { eventID: eventId });
      }
    },
  );
  return { principals, violations, harmless };
}

const nameOf = ({ type, name }: PrincipalName) => ({ [`${type}Name`]: name });
const callOf = (verb: string, { type }: PrincipalName) =>
  `${verb}${type.charAt(0).toUpperCase()}${type.slice(1)}Policy`;

function attaching(principal: PrincipalName, policyArn: string, eventID: string): unknown {
  return iamEvent(callOf("Attach", principal), { ...nameOf(principal), policyArn }, { eventID });
}

function putting(principal: PrincipalName, policyName: string, policyDocument: string, eventID: string) {
  const parameters = { ...nameOf(principal), policyName, policyDocument };
  return iamEvent(callOf("Put", principal), parameters, { eventID });
}

/** `user/user1 arn:…/bad7` and `user/user1 inline bad6 {…}`, one for each thing that somebody holds. */
async function holdings(principals: readonly PrincipalName[]): Promise<readonly string[]> {
  Object.assign(process.env, awsVariables(moto.endpoint));
  const reader = createPolicyReader(iamConnection());
  const each = await inParallel(8, principals, async (principal) => {
    const held = await reader.policiesOf(principal);
    const who = `${principal.type}/${principal.name}`;
    return [
      ...(held?.managedArns ?? []).map((arn) => `${who} ${arn.split("/").at(-1)}`),
      ...(held?.inline ?? []).map(({ name, document }) => `${who} ${name} ${document}`),
    ];
  });
  return each.flat().sort();
}

/** Time that a test can put forward, in which waiting is fifty times shorter. */
class FastClock implements Clock {
  #aheadMs = 0;
  nowMs = () => Date.now() + this.#aheadMs;
  sleepMs = (durationMs: number) => new Promise<void>((resolve) => setTimeout(resolve, durationMs / 50));
  putForward(durationMs: number): void {
    this.#aheadMs += durationMs;
  }
}

const silent = {
  event: () => undefined,
  sweep: () => undefined,
  finding: () => undefined,
  notified: () => undefined,
};

/** What becomes of calls: 30 of 100 come to grief, in each of the ways in which they can. */
function badDay(random: Random) {
  const fates: { readonly call: AwsCall; readonly hindrance: Hindrance | undefined }[] = [];
  const fateOf = (): Hindrance | undefined => {
    const drawn = random();
    if (drawn < 0.1) return { status: 400, code: "Throttling", message: "made up" };
    if (drawn < 0.18) return { status: 500, code: "InternalFailure", message: "made up" };
    if (drawn < 0.25) return "dropped";
    return drawn < 0.3 ? "answer lost" : undefined;
  };
  return {
    fates,
    async hinder(call: AwsCall): Promise<Hindrance | undefined> {
      const hindrance = fateOf();
      fates.push({ call, hindrance });
      if (random() < 0.1) await new Promise((resolve) => setTimeout(resolve, random() * 200));
      return hindrance;
    },
  };
}

/**
 * How many repetitions of a finding's alert nobody could prevent: publications whose answer was lost, so that the SDK
 * sent them again, and claims that could not be written at all, so that it was unknown whether people had been told.
 */
function excuses(fates: ReturnType<typeof badDay>["fates"], id: string): number {
  const lost = fates.filter(
    ({ call, hindrance }) =>
      call.action === "Publish" && hindrance === "answer lost" && call.body.includes(id),
  );
  const claims = fates.filter(({ call }) => call.body.includes(id) && call.body.includes("CLAIM#"));
  const byBody = Map.groupBy(claims, ({ call }) => call.body);
  const givenUp = [...byBody.values()].filter((tries) =>
    tries.every(({ hindrance }) => hindrance !== undefined),
  );
  return lost.length + givenUp.length;
}

/** True where there was no record to claim the alert under, so that the next run repeats it. */
function isUnrecorded({ decision }: Finding): boolean {
  return decision.reason.startsWith("nothing is contained: ");
}

/** Lambda: every delivery, in the environments that there are, and what threw again, until its tries are used up. */
async function deliver(environment: GuardEnvironment, clock: FastClock, deliveries: readonly unknown[]) {
  let left = deliveries;
  for (const waitMs of [0, ...RETRY_WAITS_MS]) {
    clock.putForward(waitMs);
    const failed: unknown[] = [];
    const queue = left.values();
    await inParallel(ENVIRONMENTS, Array.from({ length: ENVIRONMENTS }), async () => {
      const handler = handleEvent(
        awsPorts(environment, { access: {}, clock, observer: silent }),
        environment.settings,
      );
      for (const event of queue) await handler(event).catch(() => failed.push(event));
    });
    left = failed;
  }
  return left;
}

const idOf = (event: unknown) => /"eventID":"([^"]+)"/.exec(JSON.stringify(event))?.[1];

async function records({ findings }: Ports): Promise<readonly FindingRecord[]> {
  return (await sortStored(findings.list())).records;
}

function raise(message: string): never {
  throw new Error(message);
}

test("on a bad day nothing is missed, nobody is told twice without need, nothing else is touched", async () => {
  const { principals, violations, harmless } = await seedAccount();
  const before = await holdings(principals);
  const random = seededRandom(SEED);
  const events = [...violations.map(({ event }) => event), ...harmless];
  expect(events).toHaveLength(EVENTS);
  const deliveries = events
    .flatMap((event) => Array.from({ length: 1 + Math.floor(random() * 3) }, () => event))
    .map((event) => ({ event, place: random() }))
    .sort((one, other) => one.place - other.place)
    .map(({ event }) => event);

  const day = badDay(random);
  const proxy = await awsProxy(moto.endpoint, day.hinder);
  Object.assign(process.env, awsVariables(proxy.endpoint));
  const environment = readEnvironment(resources.variables);
  const clock = new FastClock();
  const deadLetters = new Set((await deliver(environment, clock, deliveries)).map(idOf));
  await proxy.close();
  const hindered = day.fates.filter(({ hindrance }) => hindrance !== undefined);
  expect(hindered.length / day.fates.length).toBeCloseTo(0.3, 1);

  Object.assign(process.env, awsVariables(moto.endpoint));
  const ports = awsPorts(environment, { access: {}, clock, observer: silent });
  const kept = await records(ports);
  const standing = await holdings(principals);
  const isOf = (holding: string, { policyName }: Violation) => holding.split(" ")[1] === policyName;

  // Each violation is contained, or its finding says why not, or its event waits for a person; few of the latter.
  const uncontained = violations.filter((violation) => standing.some((holding) => isOf(holding, violation)));
  const unexplained = uncontained.filter(({ eventId }) => {
    const finding = kept.find((record) => record.finding.trigger.eventId === eventId)?.finding;
    return !deadLetters.has(eventId) && (finding === undefined || finding.status === "contained");
  });
  expect(unexplained).toEqual([]);
  expect(uncontained.length).toBeLessThanOrEqual(3);

  // Nothing else was taken away, and nothing is called bad that is not.
  const harmlessBefore = before.filter(
    (holding) => !violations.some((violation) => isOf(holding, violation)),
  );
  expect(standing).toEqual(expect.arrayContaining(harmlessBefore));
  const bad = new Set(violations.map(({ eventId }) => eventId));
  expect(kept.filter(({ finding }) => !bad.has(finding.trigger.eventId ?? ""))).toEqual([]);

  // People were told of each finding as it ended, and once.
  const told = Map.groupBy(await resources.delivered(), ({ id }) => id);
  const untold = kept.filter(
    ({ finding: { id, status, trigger } }) =>
      !deadLetters.has(trigger.eventId) && !told.get(id)?.some((message) => message.status === status),
  );
  expect(untold).toEqual([]);
  for (const [id, messages] of told) {
    for (const [status, same] of Map.groupBy(messages, (message) => message.status)) {
      const atMost = 1 + excuses(day.fates, id);
      const recorded = same.filter((message) => !isUnrecorded(message));
      const what = `${id} ${status} was told ${recorded.length} times`;
      expect(recorded.length, what).toBeLessThanOrEqual(atMost);
    }
  }

  // And there is a way back from all of it.
  const request = { by: "oncall", reason: "the bad day is over", hours: 4, dryRun: false };
  await inParallel(6, kept, ({ finding }) => restore(ports, environment.settings)(finding.id, request));
  expect(await holdings(principals)).toEqual(before);
}, 900_000);
