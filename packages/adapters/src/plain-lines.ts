import type { Clock } from "@kms-guard/guard/ports.ts";
import { METRICS_NAMESPACE, METRICS_SERVICE } from "./metrics.ts";
import type { LineLogger, SingleMetrics } from "./observer.ts";

/**
 * Logs and counts as Powertools does, a line of JSON each, in fewer lines than it takes to load: for an event that is
 * answered at once, of which loading Powertools would be the longest part.
 * @param write Takes a line with its end, as the function's standard output does.
 * @param variables `process.env`, where the level is that Powertools would log from. What is counted has none.
 */
export function plainLines(
  write: (line: string) => void,
  clock: Pick<Clock, "nowMs">,
  variables: Readonly<Record<string, string | undefined>>,
): { readonly logger: LineLogger; readonly metrics: SingleMetrics } {
  const line = (content: object) => write(`${JSON.stringify(content)}\n`);
  const least = LEVELS.indexOf(levelIn(variables));
  const log = (level: string) => (message: string, fields: object) => {
    if (LEVELS.indexOf(level) < least) return;
    const timestamp = new Date(clock.nowMs()).toISOString();
    line({ level, message, timestamp, service: METRICS_SERVICE, ...fields });
  };
  return {
    logger: { info: log("INFO"), warn: log("WARN") },
    metrics: {
      singleMetric() {
        const dimensions: Record<string, string> = { service: METRICS_SERVICE };
        return {
          addDimension(name, value) {
            dimensions[name] = value;
          },
          addMetric(Name, Unit, value) {
            const of = { Namespace: METRICS_NAMESPACE, Dimensions: [Object.keys(dimensions)] };
            const _aws = {
              Timestamp: clock.nowMs(),
              CloudWatchMetrics: [{ ...of, Metrics: [{ Name, Unit }] }],
            };
            line({ _aws, ...dimensions, [Name]: value });
          },
        };
      },
    },
  };
}

const LEVELS: readonly string[] = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "CRITICAL", "FATAL", "SILENT"];

/** Lambda's own setting goes before: https://docs.aws.amazon.com/powertools/typescript/latest/features/logger/#log-levels */
function levelIn({
  AWS_LAMBDA_LOG_LEVEL,
  POWERTOOLS_LOG_LEVEL,
  LOG_LEVEL,
}: Readonly<Record<string, string | undefined>>): string {
  const said = [AWS_LAMBDA_LOG_LEVEL, POWERTOOLS_LOG_LEVEL || LOG_LEVEL];
  return said.find((level) => level !== undefined && LEVELS.includes(level)) ?? "INFO";
}
