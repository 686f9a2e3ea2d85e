/** CloudTrail's own form, and what exports make of it: a space for the T, a fraction, an offset, no zone. */
const EVENT_TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.\d{1,9})?(Z|[+-]\d\d:\d\d)?$/;

/** An event's time as ISO 8601 UTC in whole seconds, a missing zone taken as UTC; undefined where it is no time. */
export function readEventTime(text: string): string | undefined {
  const [, date, time, zone = "Z"] = EVENT_TIME.exec(text) ?? [];
  const instantMs = Date.parse(`${date}T${time}${zone}`);
  return Number.isNaN(instantMs) ? undefined : `${new Date(instantMs).toISOString().slice(0, 19)}Z`;
}
