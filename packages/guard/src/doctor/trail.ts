import { type CheckResult, fail, type Observed, ok } from "./diagnosis.ts";
import type { FieldSelector, GuardDeployment, Trail, TrailSelectors } from "./observations.ts";
import { command } from "./text.ts";

type Answer = { readonly kind: "good" } | { readonly kind: "bad" | "unknown"; readonly why: string };

/**
 * EventBridge has IAM's calls only while some trail records management events that write.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
 */
export function checkTrails(
  trails: readonly Trail[],
  { region }: Pick<GuardDeployment, "region">,
): CheckResult {
  const create = command`aws cloudtrail create-trail --name NAME --s3-bucket-name BUCKET --is-multi-region-trail --region ${region}, then aws cloudtrail start-logging --name NAME --region ${region}`;
  if (trails.length === 0) {
    return fail("the account has no trail, so EventBridge gets no call on IAM", create);
  }
  const answers = trails.map((trail) => ({ trail, answer: answerOf(trail, region) }));
  const good = answers.find(({ answer }) => answer.kind === "good");
  if (good !== undefined) {
    const { name, isMultiRegion } = good.trail;
    return ok(
      `${name} is logging management events that write, of ${isMultiRegion ? "all regions" : region}`,
    );
  }
  const reasons = answers.map(
    ({ trail, answer }) => `${trail.name} ${answer.kind === "good" ? "" : answer.why}`,
  );
  const unknown = answers.some(({ answer }) => answer.kind === "unknown");
  return fail(
    `${unknown ? "unknown: " : "no trail records the calls on IAM: "}${reasons.join("; ")}`,
    fixFor(trails, region) ?? create,
  );
}

function answerOf(trail: Trail, region: string): Answer {
  if (!trail.isMultiRegion && trail.homeRegion !== region) {
    return { kind: "bad", why: `is of ${trail.homeRegion} only` };
  }
  if (!trail.includesGlobalEvents) return { kind: "bad", why: "leaves out the events of global services" };
  const logging = asked(trail.isLogging, (isLogging) => (isLogging ? undefined : "is stopped"));
  return logging.kind === "good" ? asked(trail.selectors, selectionProblem) : logging;
}

function asked<T>(observed: Observed<T>, problem: (value: T) => string | undefined): Answer {
  if (observed.kind === "unread") return { kind: "unknown", why: `cannot be read: ${observed.why}` };
  const why = problem(observed.value);
  return why === undefined ? { kind: "good" } : { kind: "bad", why };
}

/** Why the selectors leave out calls that change IAM; `undefined` where they do not. */
export function selectionProblem({ basic, advanced }: TrailSelectors): string | undefined {
  if (advanced.length > 0) {
    return advanced.some((fields) => fields.every(includesIamWrites) && isOfManagement(fields))
      ? undefined
      : "does not record all management events that write";
  }
  // A trail without selectors records all management events.
  if (basic.length === 0) return undefined;
  if (!basic.some(({ managementEvents }) => managementEvents)) return "records no management events";
  return basic.some(({ managementEvents, readWriteType }) => managementEvents && readWriteType !== "ReadOnly")
    ? undefined
    : "records only management events that read";
}

function isOfManagement(fields: readonly FieldSelector[]): boolean {
  return fields.some(({ field, equals }) => field === "eventCategory" && equals.includes("Management"));
}

/** True where the field keeps out no call that changes IAM, as far as can be said. */
function includesIamWrites({ field, equals, notEquals, others }: FieldSelector): boolean {
  if (others.length > 0) return false;
  const includes = (value: string) =>
    (equals.length === 0 || equals.includes(value)) && !notEquals.includes(value);
  if (field === "eventCategory") return includes("Management");
  if (field === "readOnly") return includes("false");
  return field === "eventSource" && includes("iam.amazonaws.com");
}

function fixFor(trails: readonly Trail[], region: string): string | undefined {
  const stopped = trails.find(
    ({ isMultiRegion, homeRegion, isLogging }) =>
      (isMultiRegion || homeRegion === region) && isLogging.kind === "read" && !isLogging.value,
  );
  if (stopped !== undefined) {
    return command`aws cloudtrail start-logging --name ${stopped.arn} --region ${stopped.homeRegion}`;
  }
  const here = trails.find(({ isMultiRegion, homeRegion }) => isMultiRegion || homeRegion === region);
  const unread = [here?.isLogging, here?.selectors].find((observed) => observed?.kind === "unread");
  if (unread?.kind === "unread" && unread.permission !== undefined) {
    return `run it with credentials that may call ${unread.permission}`;
  }
  if (here !== undefined && !here.includesGlobalEvents) {
    return command`aws cloudtrail update-trail --name ${here.arn} --include-global-service-events --region ${here.homeRegion}`;
  }
  return here === undefined
    ? undefined
    : // It replaces them all, data events too: a command to be copied would lose some.
      command`aws cloudtrail get-event-selectors --trail-name ${here.arn} --region ${here.homeRegion}, then aws cloudtrail put-event-selectors with these and with management events that write`;
}
