import { awsPorts } from "@kms-guard/adapters/aws-ports.ts";
import type { GuardEnvironment } from "@kms-guard/adapters/deployment/environment.ts";
import type { WatchingObserver } from "@kms-guard/adapters/observer.ts";
import { systemClock } from "@kms-guard/adapters/system-clock.ts";
import type { Clock, Ports } from "@kms-guard/guard/ports.ts";

/** The ports of the deployed guard, with every alert timed. Makes no client and no call before it needs one. */
export function guardPorts(
  environment: GuardEnvironment,
  observer: WatchingObserver,
  clock: Clock = systemClock,
): Ports {
  const ports = awsPorts(environment, { access: {}, clock, observer });
  return { ...ports, alerts: observer.watch(ports.alerts) };
}
