import { managedPolicyKind } from "@kms-guard/core/aws/arn.ts";
import type { Problem } from "@kms-guard/core/policy/document.ts";
import type { Attachment, InlinePolicy, PrincipalName } from "@kms-guard/core/policy/policy.ts";
import type { AccountPolicy, StoredVersion } from "@kms-guard/guard/ports.ts";
import { type DetailedPrincipal, readDetailsPage } from "./details-page.ts";

/** A managed policy that is in use, and whose default version is not in the pages. */
export interface UnreadPolicy {
  readonly arn: string;
  readonly attachments: readonly Attachment[];
  readonly boundaryOf: readonly PrincipalName[];
}

/** A managed policy of a page, before it is known what it is attached to. */
interface CollectedPolicy {
  readonly arn: string;
  readonly name: string;
  readonly versionId: string;
  readonly document?: string;
  readonly otherVersions?: readonly StoredVersion[];
}

export interface JoinedDetails {
  /** Managed ones first. Of AWS's own only those in use. */
  readonly policies: readonly AccountPolicy[];
  readonly unread: readonly UnreadPolicy[];
}

export interface DetailsCollector {
  /** Takes in one page, and says what in it cannot be read; the rest of it counts. */
  add(page: unknown): readonly Problem[];
  /** The account's policies with what they are attached to, once every page is in: they may come in any order. */
  joined(): JoinedDetails;
}

/**
 * Joins the pages of GetAccountAuthorizationDetails, as the API or `aws iam` gives them, into policies. Of each page
 * only names, the documents in force, and of the customer's own other versions those of interest are kept, so that a
 * large account fits into a small function.
 */
export function collectAccountDetails(
  isOfInterest: (document: string) => boolean = () => false,
): DetailsCollector {
  const principals: DetailedPrincipal[] = [];
  /** By ARN; without a document where the default version is not in the list. */
  const managed = new Map<string, CollectedPolicy>();
  return {
    add(page) {
      const details = readDetailsPage(page);
      principals.push(...details.principals);
      for (const { arn, name, defaultVersionId: versionId, versions } of details.policies) {
        const inForce = versions.find((version) => version.versionId === versionId);
        const others =
          managedPolicyKind(arn) === "managed"
            ? versions.filter((version) => version !== inForce && isOfInterest(version.document))
            : [];
        managed.set(arn, {
          ...{ arn, name, versionId },
          ...(inForce && { document: inForce.document }),
          ...(others.length > 0 && { otherVersions: others }),
        });
      }
      return details.problems;
    },

    joined() {
      const members = countBy(principals.flatMap(({ groups }) => groups));
      const withMembers = ({ principal }: DetailedPrincipal): Attachment =>
        principal.type === "group" ? { ...principal, members: members.get(principal.name) ?? 0 } : principal;

      const attachments = new Map<string, Attachment[]>();
      const boundaryOf = new Map<string, PrincipalName[]>();
      const inline: InlinePolicy[] = [];
      for (const details of principals) {
        const principal = withMembers(details);
        for (const arn of details.managedArns) append(attachments, arn, principal);
        if (details.boundaryArn !== undefined) {
          const { type, name, id } = principal;
          append(boundaryOf, details.boundaryArn, { type, name, ...(id !== undefined && { id }) });
        }
        for (const { name, document } of details.inline) {
          inline.push({ kind: "inline", name, principal, document });
        }
      }

      const policies: AccountPolicy[] = [];
      const unread: UnreadPolicy[] = [];
      const used = new Set([...attachments.keys(), ...boundaryOf.keys()]);
      for (const arn of new Set([...managed.keys(), ...used])) {
        const kind = managedPolicyKind(arn);
        if (kind === "aws-managed" && !used.has(arn)) continue;
        const uses = { attachments: attachments.get(arn) ?? [], boundaryOf: boundaryOf.get(arn) ?? [] };
        const text = managed.get(arn);
        if (text?.document === undefined) unread.push({ arn, ...uses });
        else policies.push({ kind, ...text, document: text.document, ...uses });
      }
      return { policies: [...policies, ...inline], unread };
    },
  };
}

function append<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

function countBy(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
