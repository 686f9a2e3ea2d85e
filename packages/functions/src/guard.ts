import { readEnvironment } from "@kms-guard/adapters/deployment/environment.ts";
import { createObserver } from "@kms-guard/adapters/observer.ts";
import { plainLines } from "@kms-guard/adapters/plain-lines.ts";
import { systemClock } from "@kms-guard/adapters/system-clock.ts";
import type { EventResult } from "@kms-guard/guard/event-result.ts";
import { triage } from "@kms-guard/guard/triage.ts";

const environment = readEnvironment(process.env);
const lines = plainLines((line) => process.stdout.write(line), systemClock, process.env);
const observer = createObserver({ ...lines, clock: systemClock, stage: environment.stage });
const sifted = triage({ observer, clock: systemClock }, environment.settings);
let line: Promise<(event: unknown) => Promise<EventResult>> | undefined;

/**
 * The Lambda behind the EventBridge rule. Throws where something is left to do, so that Lambda runs the event again;
 * after its last try the dead-letter queue has it. An event that is answered at once never loads the rest.
 */
export async function handler(event: unknown): Promise<EventResult> {
  const first = sifted(event);
  if (first.kind === "answered") return first.report;
  line ??= import("./straight-line.ts").then(({ straightLine }) => straightLine(environment));
  return (await line)(event);
}
