import { InMemoryAccount } from "@kms-guard/adapters/memory/in-memory-account.ts";
import type { Scope } from "@kms-guard/core/events/api-call.ts";
import { apiCallRow, PRINCIPAL_CALLS } from "@kms-guard/core/events/api-call-table.ts";
import { memberOf, textOf } from "@kms-guard/core/events/cloudtrail-record.ts";
import type { Problem } from "@kms-guard/core/policy/document.ts";
import type { Account, PrincipalName, PrincipalType } from "@kms-guard/core/policy/policy.ts";
import type { ReplayedAccount } from "@kms-guard/guard/replay/evaluate-as-of.ts";
import type { JsonObject } from "../input/shape.ts";

/** A model account for each account of an archive. */
export class ReplayedAccounts {
  readonly #accounts = new Map<string, Replayed>();

  /** The model of that account; nothing is known in a new one. */
  of(account: Account): ReplayedAccount {
    return this.#find(account);
  }

  /** Adds one page of an account snapshot; returns what could not be read in it. */
  load(account: Account, page: JsonObject): readonly Problem[] {
    const replayed = this.#find(account);
    replayed.isWhole = true;
    return replayed.model.load(page);
  }

  #find(account: Account): Replayed {
    const found = this.#accounts.get(account.id) ?? new Replayed(account);
    this.#accounts.set(account.id, found);
    return found;
  }
}

const CREATES: ReadonlyMap<unknown, PrincipalType | undefined> = new Map(
  PRINCIPAL_CALLS.map(({ eventName, creates }) => [eventName, creates]),
);

class Replayed implements ReplayedAccount {
  /** True if a snapshot gave the whole account at the start. */
  isWhole = false;
  /** The principals that the archive saw being created. */
  readonly #createdPrincipals = new WeakSet<object>();
  /** The ARNs of the policies that it saw being created. */
  readonly #createdPolicies = new Set<string>();
  readonly model: InMemoryAccount;
  readonly policies: InMemoryAccount;

  constructor(account: Account) {
    this.model = new InMemoryAccount(account);
    this.policies = this.model;
  }

  applyRecord(record: unknown): "applied" | "ignored" | "unknown" {
    const effect = this.model.applyRecord(record);
    const created = effect === "applied" ? this.#createdBy(record) : undefined;
    if (created !== undefined) this.#createdPrincipals.add(created);
    if (effect === "applied") this.#notePolicy(record);
    return effect;
  }

  hasAllAttachmentsOf(policyArn: string): boolean {
    return this.isWhole || this.#createdPolicies.has(policyArn.toLowerCase());
  }

  /** A new principal has no policies, so the archive shows all that it gets. */
  isComplete(scope: Scope): boolean {
    if (this.isWhole) return true;
    if (scope.kind === "account") return false;
    if (scope.kind !== "principal") return true;
    const principal = this.#principal(scope.principal);
    return principal !== undefined && this.#createdPrincipals.has(principal);
  }

  #createdBy(event: unknown): object | undefined {
    const record = memberOf(event, "detail") ?? event;
    const type = CREATES.get(memberOf(record, "eventName"));
    const name = type && textOf(memberOf(memberOf(record, "requestParameters"), `${type}Name`));
    return type === undefined || name === undefined ? undefined : this.#principal({ type, name });
  }

  #notePolicy(event: unknown): void {
    const record = memberOf(event, "detail") ?? event;
    if (apiCallRow(memberOf(record, "eventName"))?.creates !== "policy") return;
    const arn = textOf(memberOf(memberOf(memberOf(record, "responseElements"), "policy"), "arn"));
    if (arn !== undefined) this.#createdPolicies.add(arn.toLowerCase());
  }

  /** The model's own object: it stays the same when the principal is renamed. */
  #principal({ type, name }: PrincipalName): object | undefined {
    return this.model.iam.state.principals[type].get(name.toLowerCase());
  }
}
