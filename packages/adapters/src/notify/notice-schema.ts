import { VERDICTS } from "@kms-guard/core/evaluate/verdict.ts";
import { ALERT_SEVERITIES } from "@kms-guard/core/notifications/alert.ts";
import type {
  NoticeData,
  NoticeKind,
  NoticeOf,
  ReadNotice,
  UnknownNotice,
} from "@kms-guard/core/notifications/notice.ts";
import * as v from "valibot";
import { actor, exemptionSchema } from "../findings/schema.ts";

const text = {
  schemaVersion: v.literal("1"),
  id: v.string(),
  severity: v.picklist(ALERT_SEVERITIES),
  title: v.string(),
  reason: v.string(),
  account: v.string(),
  region: v.string(),
  at: v.string(),
  actor: v.exactOptional(v.looseObject({ ...actor, type: v.exactOptional(v.string()) })),
  findings: v.exactOptional(v.array(v.string())),
  nextSteps: v.array(v.string()),
};

function noticeOf<Kind extends NoticeKind>(
  kind: Kind,
  data: v.GenericSchema<unknown, NoticeData[Kind]>,
): v.GenericSchema<unknown, NoticeOf<Kind>> {
  return v.intersect([v.looseObject(text), v.looseObject({ kind: v.literal(kind), data })]);
}

const exemption = v.looseObject({ exemption: exemptionSchema });

const byKind: { readonly [Kind in NoticeKind]: v.GenericSchema<unknown, NoticeOf<Kind>> } = {
  "malformed-record": noticeOf(
    "malformed-record",
    v.looseObject({
      eventId: v.exactOptional(v.string()),
      eventName: v.exactOptional(v.string()),
      problems: v.array(v.looseObject({ path: v.string(), message: v.string() })),
    }),
  ),
  "parameters-omitted": noticeOf(
    "parameters-omitted",
    v.looseObject({ eventId: v.string(), eventName: v.string(), eventTime: v.string() }),
  ),
  "exemption-added": noticeOf("exemption-added", exemption),
  "exemption-removed": noticeOf("exemption-removed", exemption),
  "exemption-expiring": noticeOf("exemption-expiring", exemption),
  "dormant-version": noticeOf(
    "dormant-version",
    v.looseObject({
      policyArn: v.string(),
      versionId: v.string(),
      defaultVersionId: v.string(),
      documentSha256: v.string(),
      verdict: v.picklist(VERDICTS),
    }),
  ),
  "unreadable-record": noticeOf("unreadable-record", v.looseObject({ id: v.string(), problem: v.string() })),
};

/** A newer version wrote it. */
const unknownNotice: v.GenericSchema<unknown, UnknownNotice> = v.pipe(
  v.looseObject({ ...text, kind: v.string(), data: v.optional(v.unknown()) }),
  v.transform(({ data: unknownData, ...notice }) => ({ ...notice, unknownData })),
);

/** A notice as the channels carry it. What a newer version adds is kept, and so is a notice of another kind. */
export const noticeSchema: v.GenericSchema<unknown, ReadNotice> = v.union([
  ...Object.values(byKind),
  unknownNotice,
]);
