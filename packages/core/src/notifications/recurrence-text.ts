import type { Finding, Recurrence } from "../findings/finding.ts";

/** ` again, 3 times in 4 minutes`, for a title; nothing where it is the first time. */
export function recurrenceTitle({ recurrence }: Finding): string {
  return recurrence === undefined ? "" : ` again, ${times(recurrence)}`;
}

/** What a person should do about it. */
export function recurrenceSentence({ recurrence, severity, status }: Finding): string {
  if (recurrence === undefined) return "";
  const { tool, raisedFrom } = recurrence;
  const who =
    tool === undefined
      ? "Somebody, or a program, grants it again each time: stop the actor, not only the grant."
      : `${seemingly(tool)} grants it again each time: change its configuration, or it will not end.`;
  const raised = raisedFrom === undefined ? "" : `, so its severity rose from ${raisedFrom} to ${severity}`;
  const rest = status === "contained" ? " Until then you are notified once an hour." : "";
  return ` It was granted ${times(recurrence)}${raised}. ${who}${rest}`;
}

export function recurrenceFact({ recurrence }: Finding): string | undefined {
  if (recurrence === undefined) return undefined;
  const { tool, firstAt, lastAt } = recurrence;
  const by = tool === undefined ? "" : `, by what seems to be ${tool.name} (${SOURCES[tool.knownBy]})`;
  return `${times(recurrence)}, from ${firstAt} to ${lastAt}${by}`;
}

const SOURCES = {
  invokedBy: "named by AWS",
  userAgent: "named by the caller itself",
} as const;

function seemingly({ name, knownBy }: NonNullable<Recurrence["tool"]>): string {
  return knownBy === "invokedBy" ? name : `What calls itself ${name}`;
}

function times({ count, firstAt, lastAt }: Recurrence): string {
  const minutes = Math.max(1, Math.ceil((Date.parse(lastAt) - Date.parse(firstAt)) / 60_000));
  const span =
    minutes < 120 ? `${minutes} minute${minutes === 1 ? "" : "s"}` : `${Math.ceil(minutes / 60)} hours`;
  return `${count} times in ${span}`;
}
