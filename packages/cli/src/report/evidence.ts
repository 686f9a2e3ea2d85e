import type { GuardEnvironment } from "@kms-guard/adapters/deployment/environment.ts";
import type { Mode } from "@kms-guard/core/containment/decision.ts";
import type { Exemption } from "@kms-guard/core/exemptions/exemption.ts";
import type { Finding, TriggerKind } from "@kms-guard/core/findings/finding.ts";
import type { ReadNotice } from "@kms-guard/core/notifications/notice.ts";
import type { EventCounts, Unreadable } from "@kms-guard/guard/ports.ts";
import type { Notification } from "../aws/notification-log.ts";
import { type TimelineEntry, timeline } from "../output/timeline.ts";
import { CONTROL } from "./control.ts";
import { type ExemptionState, exemptionStates } from "./exemption-states.ts";

/** The data of a report, as it was read. Times are milliseconds since the epoch. */
export interface Sources {
  readonly fromMs: number;
  readonly toMs: number;
  readonly nowMs: number;
  readonly stage: string;
  readonly settings: GuardEnvironment["settings"];
  /** The ARN of the creator of the report. */
  readonly by: string;
  /** From the findings table, oldest first. */
  readonly findings: readonly Finding[];
  readonly exemptions: readonly Exemption[];
  /** In the findings table, of any time. */
  readonly unreadable: readonly Unreadable[];
  /** From the alert history, or why it could not be read. */
  readonly history:
    | {
        /** For the findings of the period, by id. */
        readonly notifications: ReadonlyMap<string, readonly Notification[]>;
        /** The ids of earlier findings that were published in the period. */
        readonly earlier: readonly string[];
        readonly notices: readonly ReadNotice[];
        readonly unreadable: number;
      }
    | { readonly problem: string };
  /** When sweeps ended, oldest first, or why that could not be read. */
  readonly sweepsMs: readonly number[] | { readonly problem: string };
  /** The events that the guard handled; `undefined` if CloudWatch has no count, or why it could not be read. */
  readonly events: EventCounts | undefined | { readonly problem: string };
}

/** A span in which every finding was decided in one mode. */
interface ModeSpan {
  readonly mode: Mode;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly findings: number;
}

export interface ReportedFinding {
  readonly finding: Finding;
  readonly notifications: readonly Notification[];
  readonly timelineEntries: readonly TimelineEntry[];
}

/** The evidence for a period, ready to be written in any format. */
export interface Evidence {
  readonly control: typeof CONTROL;
  readonly period: { readonly from: string; readonly to: string };
  readonly madeAt: string;
  readonly madeBy: string;
  readonly scope: {
    readonly account: string;
    readonly partition: string;
    readonly region: string;
    readonly stage: string;
    /** As deployed when the report is created. */
    readonly settings: Pick<
      GuardEnvironment["settings"],
      "mode" | "containAt" | "awsManaged" | "protectedPrincipals" | "maxAttachments"
    >;
  };
  readonly modes: readonly ModeSpan[];
  readonly findings: readonly ReportedFinding[];
  readonly exemptions: readonly ExemptionState[];
  /** Published in the period, except those about exemptions: records that could not be read, for example. */
  readonly notices: readonly ReadNotice[];
  readonly coverage: {
    /** The number of findings by trigger kind. */
    readonly findingsBy: Readonly<Record<Finding["trigger"]["kind"], number>>;
    readonly sweeps:
      | {
          readonly count: number;
          readonly firstAt?: string;
          readonly lastAt?: string;
          readonly longestGapMs: number;
        }
      | { readonly problem: string };
    /** The events that the guard handled, in whole hours; absent if not known. */
    readonly events?: { readonly count: number; readonly byOutcome: EventCounts };
    /** The ids that are in only one of table and history; absent if the history could not be read. */
    readonly records?: {
      /** In the history, and not in the findings table. */
      readonly onlyTold: readonly string[];
      /** In the findings table, and not in the history. */
      readonly untold: readonly string[];
      /** From before the period, but published in it: restored, for example. */
      readonly earlier: readonly string[];
    };
  };
  /** What this report does not know, in sentences. */
  readonly unknown: readonly string[];
}

/** Assembles the evidence from the sources. Nothing is guessed: what is missing is in `unknown`. */
export function evidenceFrom(sources: Sources): Evidence {
  const { settings, findings, history, events } = sources;
  const iso = (timeMs: number) => new Date(timeMs).toISOString();
  const notifications =
    "problem" in history ? new Map<string, readonly Notification[]>() : history.notifications;
  const notices = "problem" in history ? [] : history.notices;
  const { mode, containAt, awsManaged, protectedPrincipals, maxAttachments } = settings;
  return {
    control: CONTROL,
    period: { from: iso(sources.fromMs), to: iso(sources.toMs) },
    madeAt: iso(sources.nowMs),
    madeBy: sources.by,
    scope: {
      account: settings.account.id,
      partition: settings.account.partition,
      region: settings.region,
      stage: sources.stage,
      settings: { mode, containAt, awsManaged, protectedPrincipals, maxAttachments },
    },
    modes: modeSpans(findings),
    findings: findings.map((finding) => {
      const published = notifications.get(finding.id) ?? [];
      return {
        finding,
        notifications: published,
        timelineEntries: timeline(finding, published, sources.exemptions),
      };
    }),
    exemptions: exemptionStates({
      ...sources,
      notices: "problem" in history ? undefined : notices,
    }),
    notices: notices.filter(({ kind }) => !kind.startsWith("exemption-")),
    coverage: {
      findingsBy: findingsBy(findings),
      sweeps: sweeps(sources),
      ...(events !== undefined && !("problem" in events) && { events: counted(events) }),
      ...(!("problem" in history) && { records: compared(findings, history) }),
    },
    unknown: unknown(sources),
  };
}

function modeSpans(findings: readonly Finding[]): readonly ModeSpan[] {
  const spans: ModeSpan[] = [];
  for (const { decision, timing } of findings) {
    const last = spans.at(-1);
    if (last?.mode === decision.mode) {
      spans[spans.length - 1] = { ...last, lastAt: timing.receivedAt, findings: last.findings + 1 };
    } else {
      spans.push({ mode: decision.mode, firstAt: timing.receivedAt, lastAt: timing.receivedAt, findings: 1 });
    }
  }
  return spans;
}

function findingsBy(findings: readonly Finding[]): Evidence["coverage"]["findingsBy"] {
  const counts = { event: 0, sweep: 0, scan: 0, replay: 0 } satisfies Record<TriggerKind, number>;
  for (const { trigger } of findings) counts[trigger.kind] += 1;
  return counts;
}

function compared(
  findings: readonly Finding[],
  { notifications, earlier }: Exclude<Sources["history"], { readonly problem: string }>,
): NonNullable<Evidence["coverage"]["records"]> {
  const inTable = new Set(findings.map(({ id }) => id));
  return {
    onlyTold: [...notifications.keys()].filter((id) => !inTable.has(id)),
    untold: [...inTable].filter((id) => !notifications.has(id)),
    earlier,
  };
}

function sweeps({ sweepsMs, fromMs, toMs }: Sources): Evidence["coverage"]["sweeps"] {
  if ("problem" in sweepsMs) return sweepsMs;
  const times = [fromMs, ...sweepsMs, toMs];
  const gapsMs = times.slice(1).map((timeMs, index) => timeMs - (times[index] ?? timeMs));
  const at = (timeMs: number | undefined) =>
    timeMs === undefined ? undefined : new Date(timeMs).toISOString();
  const [firstAt, lastAt] = [at(sweepsMs[0]), at(sweepsMs.at(-1))];
  return {
    count: sweepsMs.length,
    ...(firstAt !== undefined && { firstAt }),
    ...(lastAt !== undefined && { lastAt }),
    longestGapMs: gapsMs.reduce((longest, gapMs) => Math.max(longest, gapMs), 0),
  };
}

function counted(byOutcome: EventCounts): NonNullable<Evidence["coverage"]["events"]> {
  return { count: Object.values(byOutcome).reduce((sum, one) => sum + one, 0), byOutcome };
}

/** How long CloudWatch keeps hourly counts. */
const COUNT_MS = 455 * 86_400_000;

/** How long the functions' logs are kept. */
const FUNCTION_LOG_MS = 90 * 86_400_000;

function unknown({ history, sweepsMs, events, unreadable, fromMs, nowMs }: Sources): readonly string[] {
  return [
    ...unreadable.map(
      ({ id, problem }) => `What record ${id} of the findings table says: it cannot be read (${problem}).`,
    ),
    ...(events === undefined
      ? [
          "How many IAM events the guard saw: CloudWatch has no count of the period. That is not the same as none.",
        ]
      : "problem" in events
        ? [`How many IAM events the guard saw: the count cannot be read (${events.problem}).`]
        : fromMs < nowMs - COUNT_MS
          ? ["IAM events that the guard saw more than 455 days ago: their count is not kept for longer."]
          : []),
    ...("problem" in history
      ? [
          `When findings were published, and notices of exemptions: the alert history cannot be read (${history.problem}).`,
        ]
      : history.unreadable > 0
        ? [`What ${history.unreadable} events of the alert history say: they cannot be read.`]
        : []),
    ...("problem" in sweepsMs
      ? [`How many sweeps ran: their log cannot be read (${sweepsMs.problem}).`]
      : fromMs < nowMs - FUNCTION_LOG_MS
        ? ["Sweeps more than 90 days ago: their log is not kept for longer."]
        : []),
    "IAM events that AWS did not deliver: CloudTrail guarantees no delivery. The next sweep finds what such an " +
      "event changed, if it is still in place.",
    "The guard's mode between two findings, and before the first: each finding records the mode in which it was decided.",
    "When the guard was first deployed: no findings before its first trace is not evidence that there was nothing.",
  ];
}
