import type { VerdictName } from "../evaluate/verdict.ts";
import type { Actor } from "../events/api-call.ts";
import { describePolicy, type Exemption } from "../exemptions/exemption.ts";
import type { Problem } from "../policy/document.ts";
import type { AlertSeverity, Fact } from "./alert.ts";

/** What a notice can be about. A reader meets other kinds where a newer version wrote them. */
export const NOTICE_KINDS = [
  "malformed-record",
  "parameters-omitted",
  "exemption-added",
  "exemption-removed",
  "exemption-expiring",
  "dormant-version",
  "unreadable-record",
] as const;

export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** What programs read of a notice, by its kind. The public interface: see CHANGELOG. */
export interface NoticeData {
  /** A CloudTrail record that is not as documented. */
  readonly "malformed-record": {
    readonly eventId?: string;
    readonly eventName?: string;
    readonly problems: readonly Problem[];
  };
  /** A call whose parameters CloudTrail left out. */
  readonly "parameters-omitted": {
    readonly eventId: string;
    readonly eventName: string;
    /** ISO 8601 UTC. */
    readonly eventTime: string;
  };
  readonly "exemption-added": { readonly exemption: Exemption };
  readonly "exemption-removed": { readonly exemption: Exemption };
  readonly "exemption-expiring": { readonly exemption: Exemption };
  /** A stored version that would be a violation if it were the default. */
  readonly "dormant-version": {
    readonly policyArn: string;
    readonly versionId: string;
    readonly defaultVersionId: string;
    /** Lower-case hex SHA-256 of the dormant version's text, decoded. */
    readonly documentSha256: string;
    /** What the dormant version would be. */
    readonly verdict: VerdictName;
  };
  /** A record of the findings table that this version cannot read. */
  readonly "unreadable-record": {
    /** The finding's. */
    readonly id: string;
    readonly problem: string;
  };
}

/** What every notice has, whatever its kind. */
export interface NoticeText {
  readonly schemaVersion: "1";
  /** `kn-` and 16 lower-case hex digits: the same for the same kind and subject, so that receivers see a repetition. */
  readonly id: string;
  readonly severity: AlertSeverity;
  /** One line. */
  readonly title: string;
  /** One or two sentences. */
  readonly reason: string;
  readonly account: string;
  readonly region: string;
  /** ISO 8601 UTC. */
  readonly at: string;
  /** Who did what the notice is about. */
  readonly actor?: Partial<Actor>;
  /** Ids of the findings it is about. */
  readonly findings?: readonly string[];
  readonly nextSteps: readonly string[];
}

export interface NoticeOf<Kind extends NoticeKind> extends NoticeText {
  readonly kind: Kind;
  readonly data: NoticeData[Kind];
}

/** Something to notify people of that is not a finding: a record that cannot be read, an exemption that changed. */
export type Notice = { readonly [Kind in NoticeKind]: NoticeOf<Kind> }[NoticeKind];

/** A notice whose kind or data this version does not know. People still get its title and reason. */
export interface UnknownNotice extends NoticeText {
  readonly kind: string;
  readonly data?: undefined;
  /** As it was written. */
  readonly unknownData: unknown;
}

/** A notice as a reader meets it. */
export type ReadNotice = Notice | UnknownNotice;

/** What the data of a notice says to people: label and value pairs, in the order to read them. */
export function noticeFacts(notice: ReadNotice): readonly Fact[] {
  return [...actorFacts(notice), ...dataFacts(notice)];
}

function actorFacts({ actor }: ReadNotice): readonly Fact[] {
  return [...known("Actor", actor?.arn ?? actor?.type), ...known("Source IP", actor?.sourceIp)];
}

function dataFacts(notice: ReadNotice): readonly Fact[] {
  if (notice.data === undefined) return [];
  switch (notice.kind) {
    case "malformed-record": {
      const { eventId, problems } = notice.data;
      const found = problems.map(({ path, message }) => ({
        label: path === "" ? "record" : path,
        value: message,
      }));
      return [...known("Event", eventId), ...found];
    }
    case "parameters-omitted":
      return [
        { label: "Event", value: notice.data.eventId },
        { label: "Event time", value: notice.data.eventTime },
      ];
    case "exemption-added":
    case "exemption-removed":
    case "exemption-expiring":
      return exemptionFacts(notice.data.exemption);
    case "dormant-version": {
      const { policyArn, versionId, defaultVersionId, verdict } = notice.data;
      return [
        { label: "Policy", value: policyArn },
        { label: "Dormant version", value: versionId },
        { label: "Default version", value: defaultVersionId },
        { label: "Verdict", value: verdict },
      ];
    }
    case "unreadable-record":
      return [
        { label: "Finding", value: notice.data.id },
        { label: "Problem", value: notice.data.problem },
      ];
  }
}

function exemptionFacts(exemption: Exemption): readonly Fact[] {
  const { id, principal, documentSha256, reason, owner, ticket, expiresAt } = exemption;
  return [
    { label: "Exemption", value: id },
    { label: "Policy", value: describePolicy(exemption.policy) },
    ...known("Only on", principal && `${principal.type}/${principal.name}`),
    { label: "Document", value: documentSha256 === undefined ? "any version" : `SHA-256 ${documentSha256}` },
    { label: "Reason", value: reason },
    { label: "Owner", value: owner },
    ...known("Ticket", ticket),
    { label: "Until", value: expiresAt },
  ];
}

function known(label: string, value: string | undefined): readonly Fact[] {
  return value === undefined ? [] : [{ label, value }];
}
