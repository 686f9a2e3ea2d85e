import { InMemoryAccount } from "@kms-guard/adapters/memory/in-memory-account.ts";
import type { Problem } from "@kms-guard/core/policy/document.ts";
import type { Account } from "@kms-guard/core/policy/policy.ts";
import type { Affected } from "@kms-guard/core/trigger/trigger.ts";
import type { ReplayedAccount } from "@kms-guard/guard/hindsight.ts";
import type { JsonObject } from "./input/json-object.ts";

/** A model account for each account of an archive. */
export class ReplayedAccounts {
  readonly #accounts = new Map<string, Replayed>();

  /** The model of that account; one that was never seen holds nothing that is known. */
  of(account: Account): ReplayedAccount {
    return this.#find(account);
  }

  /** Adds one page of an account's snapshot; answers what in it could not be read. */
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

class Replayed implements ReplayedAccount {
  /** A snapshot told all that stood in the beginning. */
  isWhole = false;
  readonly model: InMemoryAccount;
  readonly policies: InMemoryAccount;

  constructor(account: Account) {
    this.model = new InMemoryAccount(account);
    this.policies = this.model;
  }

  applyRecord(record: unknown): "applied" | "ignored" | "unknown" {
    return this.model.applyRecord(record);
  }

  /** A principal's path is known since it was created, or stood in the snapshot: with it all that it holds. */
  knowsAllOf(affected: Affected): boolean {
    if (this.isWhole) return true;
    if (affected.kind === "account") return false;
    if (affected.kind !== "principal") return true;
    const { type, name } = affected.principal;
    return this.model.iam.state.principals[type].get(name.toLowerCase())?.path !== undefined;
  }
}
