import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics } from "@aws-lambda-powertools/metrics";
import { CONTAINMENT_STATUSES, type Finding } from "@kms-guard/core/findings/finding.ts";
import { subjectName } from "@kms-guard/core/findings/subject.ts";
import type { Clock, Observer } from "@kms-guard/guard/ports.ts";
import { METRICS, METRICS_NAMESPACE, METRICS_SERVICE, type Metric } from "./metrics.ts";
import { systemClock } from "./system-clock.ts";

/**
 * Logs one line per event and one per finding, as JSON, and counts `METRICS` in the embedded metric format: a log line
 * each, so nothing is left to flush. Ids are keys of their own, to search by; no line contains a document.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function createObserver(stage: string, clock: Pick<Clock, "nowMs"> = systemClock): Observer {
  const logger = new Logger({ serviceName: METRICS_SERVICE });
  const metrics = new Metrics({ namespace: METRICS_NAMESPACE, serviceName: METRICS_SERVICE });

  function measure<M extends Metric>(
    { name, unit }: M,
    value: number,
    dimensions: Readonly<Record<keyof M["dimensions"], string>>,
  ): void {
    const metric = metrics.singleMetric();
    for (const [dimension, text] of Object.entries<string>({ stage, ...dimensions })) {
      metric.addDimension(dimension, text);
    }
    metric.addMetric(name, unit, value);
  }

  return {
    event(outcome, fields) {
      const level = outcome === "malformed" ? "warn" : "info";
      logger[level](`event: ${outcome}`, { outcome, ...fields });
      measure(METRICS.events, 1, { outcome });
    },

    sweep(reason, findings) {
      const outcome = findings > 0 ? "finding" : "clean";
      logger.info(`sweep: ${outcome}`, { outcome, reason, findings });
    },

    finding(finding) {
      const { id, trigger, verdict, status, severity, policy, decision, timing } = finding;
      const { eventId, eventName } = trigger;
      const { mode, action, reason } = decision;
      const which = {
        policy: subjectName(policy),
        principal: "principal" in policy ? policy.principal.name : undefined,
      };
      logger.info(`finding: ${status}`, {
        ...{ findingId: id, eventId, eventName, verdict, severity, status, mode, action, reason },
        ...which,
      });
      // The end of a finding is not counted again.
      if (status === "resolved") return;
      measure(METRICS.findings, 1, { verdict, mode });
      const ended = CONTAINMENT_STATUSES.find((each) => each === status);
      if (ended === undefined) return;
      measure(METRICS.containments, 1, { status: ended });
      const eventMs = eventMsOf(finding);
      if (eventMs === undefined || timing.containedAt === undefined) return;
      measure(METRICS.eventToContainment, Date.parse(timing.containedAt) - eventMs, {});
    },

    notified(finding) {
      const eventMs = eventMsOf(finding);
      if (finding.status === "resolved" || eventMs === undefined) return;
      measure(METRICS.eventToAlert, clock.nowMs() - eventMs, {});
    },
  };
}

/** The time of the call behind a finding; undefined for a finding of a sweep. */
function eventMsOf({ timing }: Finding): number | undefined {
  return timing.eventTime === undefined ? undefined : Date.parse(timing.eventTime);
}
