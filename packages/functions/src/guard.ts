import { readEnvironment } from "@kms-guard/adapters/deployment/environment.ts";
import { createObserver } from "@kms-guard/adapters/observer.ts";
import { handleEvent } from "@kms-guard/guard/handle-event.ts";
import { guardPorts } from "./guard-ports.ts";

const environment = readEnvironment(process.env);
const ports = guardPorts(environment, createObserver(environment.stage));

/**
 * The Lambda behind the EventBridge rule. Throws where something is left to do, so that Lambda runs the event again;
 * after its last attempt the event goes to the dead-letter queue.
 */
export const handler = handleEvent(ports, environment.settings);
