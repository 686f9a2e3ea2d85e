import { wrapLine } from "@kms-guard/adapters/notify/email-text.ts";
import { arnName, parseArn } from "@kms-guard/core/aws/arn.ts";
import type { StepOutcome } from "@kms-guard/core/containment/steps.ts";
import { memberOf, readActor, textOf } from "@kms-guard/core/events/cloudtrail-record.ts";
import { PRINCIPAL_TYPES } from "@kms-guard/core/policy/policy.ts";
import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import type { EventResult } from "@kms-guard/guard/handle-event.ts";
import { type Paint, paintSeverity } from "../io/terminal.ts";
import type { Played, RecordedCall } from "./play.ts";

const CALL = 25;
const SUBJECT = 32;
const OUTCOME = 11;
/** The rest of 100 columns, for what was done. */
const DONE_WIDTH = 50;

/** Each call with its verdict, under a heading for its actor. */
export function whatWasCalled({ calls }: Played, paint: Paint): readonly string[] {
  let who = "";
  return calls.flatMap(({ call, report }) => {
    const actor = actorText(call);
    const heading = actor === who ? [] : [`  ${paint.bold(actor)}`];
    who = actor;
    return [...heading, `${callText(call)}${subjectText(call).padEnd(SUBJECT)}${verdictText(report, paint)}`];
  });
}

/** Each call with what the guard did about it. */
export function whatWasDone({ calls }: Played, paint: Paint): readonly string[] {
  return calls.flatMap(({ call, report }) => {
    const [first = "", ...more] = doneLines(report);
    const indent = " ".repeat(callText(call).length + OUTCOME);
    return [`${callText(call)}${outcomeText(report, paint)}${first}`, ...more.map((line) => indent + line)];
  });
}

/** `user reporter, aws-cli from 203.0.113.57`: the name that people know, and the program. */
function actorText(call: RecordedCall): string {
  const { arn = "", sourceIp, userAgent = "" } = readActor(call);
  const [type = "", ...name] = (parseArn(arn)?.resource ?? arn).split("/");
  const program = userAgent.match(/Terraform|aws-cli/)?.[0] ?? userAgent;
  return `${type === "assumed-role" ? "role" : type} ${name.join(", session ")}, ${program} from ${sourceIp}`;
}

function callText({ eventTime, eventName }: RecordedCall): string {
  return `    ${eventTime.slice(11, 19)}  ${eventName.padEnd(CALL)}`;
}

/** The subject of the call, from its parameters: `key-tools → role orders-api`. */
function subjectText(call: RecordedCall): string {
  const { errorCode } = call;
  if (errorCode !== undefined) return `failed: ${errorCode}`;
  const parameters = call.requestParameters;
  const parameter = (name: string) => textOf(memberOf(parameters, name));
  const arn = parameter("policyArn");
  const version =
    parameter("versionId") ?? textOf(memberOf(memberOf(call.responseElements, "policyVersion"), "versionId"));
  const isStored = memberOf(parameters, "setAsDefault") === false;
  const name = parameter("policyName") ?? (arn && arnName(arn));
  const policy = version === undefined ? name : `${name} ${version}${isStored ? ", not default" : ""}`;
  const principals = PRINCIPAL_TYPES.map((type) => {
    const name = parameter(`${type}Name`);
    return name && `${type} ${name}`;
  });
  return [policy, ...principals].filter(Boolean).join(" → ");
}

function verdictText({ findings: [finding] }: EventResult, paint: Paint): string {
  if (finding === undefined) return paint.dim("silent");
  const [grants = "", ...more] = finding.evidence.flatMap(({ actions }) => actions);
  const proof = `${grants}${more.length > 0 ? " …" : ""}`;
  return `${paintSeverity(paint, finding.severity, `alert: ${finding.verdict}`)}  ${proof}`;
}

function outcomeText({ findings: [finding] }: EventResult, paint: Paint): string {
  if (finding === undefined) return paint.dim("silent".padEnd(OUTCOME));
  return finding.status === "contained"
    ? paint.green("contained".padEnd(OUTCOME))
    : paint.yellow("alert".padEnd(OUTCOME));
}

function doneLines({ findings: [finding], reason }: EventResult): readonly string[] {
  const steps = finding?.containment?.steps ?? [];
  const lines = steps.length > 0 ? steps.map(stepText) : [finding?.decision.reason ?? reason];
  return lines.flatMap((line) => wrapLine(line, DONE_WIDTH, 0));
}

const OPERATOR = "arn:aws:iam::111122223333:role/security-on-call";

/** Restores every contained finding, as `kms-guard restore` does. The lines say what came back. */
export async function whatWasRestored({ alerts, restore }: Played, paint: Paint): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const { id, status } of alerts) {
    if (status !== "contained") continue;
    const report = await restore(id, {
      by: OPERATOR,
      reason: "approved after all",
      hours: 24,
      dryRun: false,
    });
    const steps = report.kind === "restored" ? report.steps.map(stepText) : [report.kind];
    lines.push(`    $ ${paint.bold(`${KMS_GUARD} restore ${id}`)}`, ...steps.map((step) => `      ${step}`));
  }
  return lines;
}

const PAST = new Map([
  ["detach", ["detached", "from"]],
  ["delete", ["deleted inline", "from"]],
  ["attach", ["attached", "to"]],
  ["put", ["put inline", "back on"]],
]);

/** `detached key-tools from role orders-api`, or the error of a step that did not succeed. */
export function stepText({ action, target, outcome, error }: StepOutcome): string {
  const { type, name } = target.principal;
  const policy = "policyArn" in target ? arnName(target.policyArn) : target.policyName;
  if (outcome !== "done") return `${outcome}: ${action} ${policy}, ${type} ${name}: ${error ?? ""}`;
  const [verb = action, preposition = ""] = PAST.get(action.split("-", 1)[0] ?? "") ?? [];
  return `${verb} ${policy} ${preposition} ${type} ${name}`;
}
