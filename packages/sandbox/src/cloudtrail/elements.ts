import { childOf, type XmlElement } from "../moto/xml.ts";
import { memberName } from "./member-name.ts";

type Json = string | number | boolean | readonly Json[] | { readonly [name: string]: Json };

const FLAGS = new Set(["IsAttachable", "IsDefaultVersion", "PasswordResetRequired"]);
const NUMBERS = new Set(["AttachmentCount", "MaxSessionDuration", "PermissionsBoundaryUsageCount"]);
/** What CloudTrail leaves out of answers: secrets, and what only moto adds. */
const WITHHELD = new Set([
  ...["SecretAccessKey", "ServicePassword", "ServiceCredentialSecret", "Base32StringSeed", "QRCodePNG"],
  ...["Document", "Description"],
]);
const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/;

/**
 * `responseElements` of a call on IAM: the answer's members in lowerCamelCase, with dates as CloudTrail writes them
 * and documents URL-encoded; null where the answer has no body.
 */
export function responseElements(action: string, answer: XmlElement | undefined): Json | null {
  const result = childOf(answer, `${action}Result`);
  return result === undefined || result.children.length === 0 ? null : membersOf(result);
}

function membersOf(element: XmlElement): Json {
  const members = element.children
    .filter(({ name, children, text }) => !WITHHELD.has(name) && (children.length > 0 || text !== ""))
    .map((child): readonly [string, Json] => [memberName(child.name), jsonOf(child)]);
  return Object.fromEntries(members);
}

function jsonOf(element: XmlElement): Json {
  const { name, children, text } = element;
  if (children.length > 0) {
    const isList = children.every((child) => child.name === "member");
    return isList
      ? children.map((child) => (child.children.length > 0 ? membersOf(child) : child.text))
      : membersOf(element);
  }
  if (FLAGS.has(name)) return text === "true";
  if (NUMBERS.has(name)) return Number(text);
  if (name.endsWith("Date") && ISO_TIME.test(text)) return cloudTrailDate(new Date(text));
  if (name.endsWith("PolicyDocument")) return text.startsWith("%") ? text : encodeURIComponent(text);
  return text;
}

/** `Nov 23, 2026 9:15:21 PM`, in UTC: how CloudTrail writes the dates of an answer. */
function cloudTrailDate(date: Date): string {
  const part = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat("en-US", { timeZone: "UTC", ...options }).format(date);
  const hour = date.getUTCHours();
  const twoDigits = (count: number) => String(count).padStart(2, "0");
  const time = `${hour % 12 || 12}:${twoDigits(date.getUTCMinutes())}:${twoDigits(date.getUTCSeconds())}`;
  return `${part({ month: "short", day: "numeric", year: "numeric" })} ${time} ${hour < 12 ? "AM" : "PM"}`;
}
