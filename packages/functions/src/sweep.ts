import { readEnvironment } from "@kms-guard/adapters/environment.ts";
import { type SweepReport, sweep } from "@kms-guard/guard/sweep.ts";
import { guardPorts } from "./guard-ports.ts";
import { observer } from "./observer.ts";

const environment = readEnvironment(process.env);
const sweepAccount = sweep(guardPorts(environment, observer), environment.settings);

/** The Lambda behind the schedule: judges the whole account. Throws where something is left to do. */
export const handler = (): Promise<SweepReport> => sweepAccount("scheduled sweep");
