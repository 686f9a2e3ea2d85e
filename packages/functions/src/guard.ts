import { awsPorts } from "@kms-guard/adapters/aws-ports.ts";
import { readEnvironment } from "@kms-guard/adapters/deployment/environment.ts";
import { createObserver } from "@kms-guard/adapters/observer.ts";
import { systemClock } from "@kms-guard/adapters/system-clock.ts";
import { handleEvent } from "@kms-guard/guard/handle-event.ts";

const environment = readEnvironment(process.env);
const ports = awsPorts(environment, {
  access: {},
  clock: systemClock,
  observer: createObserver(environment.stage),
});

/**
 * The Lambda behind the EventBridge rule. Throws where something is left to do, so that Lambda runs the event again;
 * after its last attempt the event goes to the dead-letter queue.
 */
export const handler = handleEvent(ports, environment.settings);
