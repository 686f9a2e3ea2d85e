import { isSamePrincipal } from "../aws/principal.ts";
import type { Problem } from "../policy/document.ts";
import { PRINCIPAL_TYPES, type PrincipalName } from "../policy/policy.ts";
import { sha256 } from "../text/sha256.ts";
import type { Exemption } from "./exemption.ts";

/** A year: who still needs it then says so again, and somebody hears of it again. */
export const MOST_EXEMPT_DAYS = 365;

const DAY_MS = 86_400_000;
/** An exemption is one item of the findings table, and a line of an e-mail. In characters. */
const LENGTHS = { reason: 500, owner: 200, ticket: 100 } as const;

/** What somebody asks to be let stand, and why. */
export interface ExemptionRequest extends Pick<Exemption, "policy" | "principal" | "documentSha256"> {
  readonly reason: string;
  readonly owner: string;
  readonly ticket?: string;
  /** From now, whole: 1 to `MOST_EXEMPT_DAYS`. */
  readonly days: number;
  /** ARN of who asks. */
  readonly by: string;
}

export type NewExemption =
  | { readonly kind: "exemption"; readonly exemption: Exemption }
  /** Paths are fields of the request. */
  | { readonly kind: "refused"; readonly problems: readonly Problem[] };

/** The exemption that is asked for, or everything that keeps it from being one: none is without reason, owner and end. */
export function newExemption(request: ExemptionRequest, nowMs: number): NewExemption {
  const { policy, principal, documentSha256, days, by } = request;
  const reason = request.reason.trim();
  const owner = request.owner.trim();
  const ticket = request.ticket?.trim();
  const problems = [
    ...lengthProblem("reason", reason),
    ...lengthProblem("owner", owner),
    ...(ticket === undefined ? [] : lengthProblem("ticket", ticket)),
    ...dayProblem(days),
    ...principalProblem(policy, principal),
  ];
  if (problems.length > 0) return { kind: "refused", problems };
  const createdAt = new Date(nowMs).toISOString();
  return {
    kind: "exemption",
    exemption: {
      id: exemptionId([policy, principal, documentSha256, by, createdAt]),
      policy,
      ...(principal !== undefined && { principal }),
      ...(documentSha256 !== undefined && { documentSha256 }),
      reason,
      owner,
      ...(ticket !== undefined && { ticket }),
      createdBy: by,
      createdAt,
      expiresAt: new Date(nowMs + days * DAY_MS).toISOString(),
    },
  };
}

/** `role/Name`, `user/Name` or `group/Name`: a friendly name, without path; `undefined` for anything else. */
export function principalNamed(text: string): PrincipalName | undefined {
  const [, given, name] = /^([a-z]+)\/([\w+=,.@-]{1,128})$/.exec(text) ?? [];
  const type = PRINCIPAL_TYPES.find((each) => each === given);
  return type === undefined || name === undefined ? undefined : { type, name };
}

/** Another time or another asker is another exemption: none takes the place of one that stands. */
function exemptionId(parts: readonly unknown[]): string {
  return `ke-${sha256(JSON.stringify(parts)).slice(0, 16)}`;
}

function lengthProblem(path: keyof typeof LENGTHS, text: string): readonly Problem[] {
  if (text !== "" && text.length <= LENGTHS[path]) return [];
  return [{ path, message: `has ${text.length} characters, not 1 to ${LENGTHS[path]}` }];
}

function dayProblem(days: number): readonly Problem[] {
  if (Number.isInteger(days) && days >= 1 && days <= MOST_EXEMPT_DAYS) return [];
  return [{ path: "days", message: `is ${days}, not a whole number from 1 to ${MOST_EXEMPT_DAYS}` }];
}

function principalProblem(
  policy: Exemption["policy"],
  principal: PrincipalName | undefined,
): readonly Problem[] {
  if (principal === undefined || policy.kind === "managed" || isSamePrincipal(policy.principal, principal))
    return [];
  const { type, name } = policy.principal;
  return [{ path: "principal", message: `is not who has the inline policy: that is ${type}/${name}` }];
}
