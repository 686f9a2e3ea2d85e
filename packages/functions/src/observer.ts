import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics } from "@aws-lambda-powertools/metrics";
import { METRICS_NAMESPACE, METRICS_SERVICE } from "@kms-guard/adapters/metrics.ts";
import { createObserver, type WatchingObserver } from "@kms-guard/adapters/observer.ts";
import { systemClock } from "@kms-guard/adapters/system-clock.ts";

/** Writes to the function's own log, where CloudWatch finds the metrics. */
export function powertoolsObserver(stage: string): WatchingObserver {
  return createObserver({
    logger: new Logger({ serviceName: METRICS_SERVICE }),
    metrics: new Metrics({ namespace: METRICS_NAMESPACE, serviceName: METRICS_SERVICE }),
    clock: systemClock,
    stage,
  });
}
