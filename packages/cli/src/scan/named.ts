import { PARTITION_NAMES, partitionOfRegion } from "@kms-guard/core/aws/partitions.ts";
import type { Condition, Statement } from "@kms-guard/core/policy/document.ts";
import { parseDocument } from "@kms-guard/core/policy/parse-document.ts";
import { KMS } from "@kms-guard/core/services/kms.ts";
import { globMatches } from "@kms-guard/core/text/glob.ts";

/** What a document says about the account that it is used in. A Deny and a NotResource say nothing of it. */
export interface Named {
  /** Partitions of ARNs, because IAM refuses those of another partition; else of Regions. */
  readonly partitions: readonly string[];
  /** Whether `partitions` are of ARNs. */
  readonly isPartitionCertain: boolean;
  /** The ids in KMS ARNs of that partition. */
  readonly accountsOfKeys: (partition: string) => readonly string[];
  /** The ids in conditions. */
  readonly accountsOfConditions: readonly string[];
  /** Whether any statement names an account, or a part of its id. */
  readonly isAboutAccounts: boolean;
}

/** Reads what a document names: nothing where it cannot be read. */
export function namedIn(document: unknown): Named {
  const parsed = parseDocument(document);
  const statements = (parsed.kind === "document" ? parsed.statements : parsed.readable) ?? [];
  const allows = statements.filter(({ effect }) => effect === "Allow");
  const arns = allows.filter(({ resources }) => resources.element === "Resource").flatMap(arnsOf);
  const keyArns = arns.filter(mayBeKey);
  const conditions = allows.flatMap((each) => each.conditions);
  const partitions = [keyArns, arns].map(partitionsOf).find(({ length }) => length > 0);
  return {
    partitions: partitions ?? partitionsOfRegions(keyArns, conditions),
    isPartitionCertain: partitions !== undefined,
    accountsOfKeys: (partition) =>
      idsIn(keyArns.filter((arn) => !isPartition(arn.partition) || arn.partition === partition)),
    accountsOfConditions: idsIn(conditions.flatMap(accountsOf)),
    isAboutAccounts: statements.some((each) =>
      [...arnsOf(each).filter(mayBeKey), ...each.conditions.flatMap(accountsOf)].some(({ account }) =>
        /\d/.test(account),
      ),
    ),
  };
}

/** The parts of an ARN with wildcards. */
interface ArnPattern {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
}

function arnsOf({ resources }: Statement): readonly ArnPattern[] {
  return resources.patterns.flatMap((pattern) => arnOf(pattern) ?? []);
}

/** Of the beginning of an ARN: what it leaves out is `*`. */
function arnOf(pattern: string): ArnPattern | undefined {
  const [scheme, partition = "*", service = "*", region = "*", account = "*"] = pattern.split(":");
  return scheme === "arn" ? { partition, service, region, account } : undefined;
}

function mayBeKey({ service }: ArnPattern): boolean {
  return globMatches(service, KMS.prefix);
}

function isPartition(name: string): boolean {
  return PARTITION_NAMES.includes(name);
}

function partitionsOf(arns: readonly ArnPattern[]): readonly string[] {
  return unique(arns.map(({ partition }) => partition).filter(isPartition));
}

/** The partitions that names of Regions give away: those of `aws` have no prefix. */
function partitionsOfRegions(
  arns: readonly ArnPattern[],
  conditions: readonly Condition[],
): readonly string[] {
  const requested = conditions.filter(({ key }) => key.toLowerCase() === "aws:requestedregion");
  const regions = [...arns.map(({ region }) => region), ...requested.flatMap(({ values }) => values)];
  return unique(regions.map(partitionOfRegion).filter((partition) => partition !== "aws"));
}

/** The accounts of a condition like `aws:PrincipalAccount`, or of the ARNs in one like `aws:PrincipalArn`. */
function accountsOf({ key, values }: Condition): readonly Pick<ArnPattern, "account">[] {
  return values.flatMap((value) => (/account$/i.test(key) ? { account: value } : (arnOf(value) ?? [])));
}

function idsIn(named: readonly Pick<ArnPattern, "account">[]): readonly string[] {
  return unique(named.map(({ account }) => account).filter((account) => /^\d{12}$/.test(account)));
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
