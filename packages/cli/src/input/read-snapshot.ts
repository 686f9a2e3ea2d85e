import type { Account } from "@kms-guard/core/policy/policy.ts";
import { Failure } from "../io/errors.ts";
import type { Io } from "../io/io.ts";
import { accountOf } from "./account-details.ts";
import { filesAt, unreadableBecause } from "./files.ts";
import { jsonTexts } from "./json-texts.ts";
import { type JsonObject, shapeOf } from "./shape.ts";
import { textOf } from "./text.ts";

/** One page of `aws iam get-account-authorization-details`, and its account. */
export interface SnapshotPage {
  readonly account: Account;
  readonly page: JsonObject;
  /** True if it says that another page follows. */
  readonly isTruncated: boolean;
}

const FIX = "save it with `aws iam get-account-authorization-details > account.json`";

/**
 * The pages of an account snapshot: one JSON text, or JSON Lines of several pages, gzipped or not.
 * @throws Failure that names the file and what to do: half an account would give wrong verdicts.
 */
export async function* readSnapshot(path: string, io: Io): AsyncGenerator<SnapshotPage> {
  let account: Account | undefined;
  for await (const found of filesAt(path, io)) {
    if (found.kind === "unreadable") throw new Failure(`\`${found.path}\` ${found.problem}: ${FIX}`);
    try {
      for await (const json of jsonTexts(textOf(found.bytes()))) {
        const source = json.line === undefined ? found.path : `${found.path}:${json.line}`;
        if (json.kind === "broken") throw new Failure(`\`${source}\` ${json.problem}: ${FIX}`);
        const shape = shapeOf(json.value);
        if (shape?.kind !== "account-details")
          throw new Failure(`\`${source}\` is not an account snapshot: ${FIX}`);
        account = accountOf(shape.page) ?? account;
        if (account === undefined) throw new Failure(`\`${source}\` has no ARN with the account id: ${FIX}`);
        yield { account, page: shape.page, isTruncated: shape.page.IsTruncated === true };
      }
    } catch (error) {
      if (error instanceof Failure) throw error;
      throw new Failure(`\`${found.path}\` ${unreadableBecause(error)}: ${FIX}`, { cause: error });
    }
  }
  if (account === undefined) throw new Failure(`\`${path}\` is empty: ${FIX}`);
}
