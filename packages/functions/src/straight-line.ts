import type { GuardEnvironment } from "@kms-guard/adapters/deployment/environment.ts";
import { handleEvent } from "@kms-guard/guard/handle-event.ts";
import { guardPorts } from "./guard-ports.ts";
import { powertoolsObserver } from "./observer.ts";

/** Everything that an event needs which has to be followed up, in one module to be loaded when one comes. */
export function straightLine(environment: GuardEnvironment) {
  return handleEvent(guardPorts(environment, powertoolsObserver(environment.stage)), environment.settings);
}
