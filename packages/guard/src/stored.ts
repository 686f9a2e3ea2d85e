import type { GuardSettings } from "@kms-guard/core/containment/guard-settings.ts";
import { unreadableRecordNotice } from "@kms-guard/core/notifications/create-notice.ts";
import { noticeOrigin } from "./notices.ts";
import { notifyOnce } from "./notify.ts";
import type { Ports, Stored, Unreadable } from "./ports.ts";

/** The records that can be read, as they come. What cannot be read is passed over. */
export async function* readableRecords<T>(items: AsyncIterable<Stored<T>>): AsyncGenerator<T> {
  for await (const item of items) if (item.kind === "record") yield item.record;
}

/** The records that can be read, and the items that cannot. */
export async function sortStored<T>(items: AsyncIterable<Stored<T>> | Iterable<Stored<T>>) {
  const records: T[] = [];
  const unreadable: Unreadable[] = [];
  for await (const item of items) {
    if (item.kind === "record") records.push(item.record);
    else unreadable.push(item);
  }
  return { records, unreadable };
}

/** Notifies people of each item that cannot be read, once for its problem. Failures are returned. */
export async function notifyOfUnreadable(
  ports: Pick<Ports, "findings" | "alerts" | "clock">,
  settings: Pick<GuardSettings, "account" | "region">,
  items: readonly Unreadable[],
): Promise<readonly Error[]> {
  const failures: Error[] = [];
  for (const item of items) {
    const notice = unreadableRecordNotice(item, noticeOrigin(settings, ports.clock));
    failures.push(...(await notifyOnce(ports, notice)));
  }
  return failures;
}
