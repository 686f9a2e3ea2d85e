import type { Account } from "@kms-guard/core/policy/policy.ts";
import { Failure } from "../io/errors.ts";
import type { Io } from "../io/io.ts";
import { accountOf } from "./account-details.ts";
import { filesAt } from "./files.ts";
import { jsonTexts } from "./json-texts.ts";
import { type JsonObject, shapeOf } from "./shape.ts";
import { textOf } from "./text.ts";
import { unreadableBecause } from "./unreadable.ts";

/** One page of `aws iam get-account-authorization-details`, and whose it is. */
export interface SnapshotPage {
  readonly account: Account;
  readonly page: JsonObject;
  /** True where it says that another page follows. */
  readonly isTruncated: boolean;
}

const CURE = "save it with `aws iam get-account-authorization-details > account.json`";

/**
 * The pages of an account's snapshot: one JSON text, or JSON Lines of several pages, gzipped or not.
 * @throws Failure that names the file and the cure, since what is judged on half an account is judged wrong.
 */
export async function* readSnapshot(path: string, io: Io): AsyncGenerator<SnapshotPage> {
  let account: Account | undefined;
  for await (const found of filesAt(path, io)) {
    if (found.kind === "unreadable") throw new Failure(`\`${found.path}\` ${found.problem}: ${CURE}`);
    try {
      for await (const json of jsonTexts(textOf(found.bytes()))) {
        const source = json.line === undefined ? found.path : `${found.path}:${json.line}`;
        if (json.kind === "broken") throw new Failure(`\`${source}\` ${json.problem}: ${CURE}`);
        const shape = shapeOf(json.value);
        if (shape?.kind !== "account-details")
          throw new Failure(`\`${source}\` is no snapshot of an account: ${CURE}`);
        account = accountOf(shape.page) ?? account;
        if (account === undefined)
          throw new Failure(`\`${source}\` has no ARN that tells the account: ${CURE}`);
        yield { account, page: shape.page, isTruncated: shape.page.IsTruncated === true };
      }
    } catch (error) {
      if (error instanceof Failure) throw error;
      throw new Failure(`\`${found.path}\` ${unreadableBecause(error)}: ${CURE}`, { cause: error });
    }
  }
  if (account === undefined) throw new Failure(`\`${path}\` is empty: ${CURE}`);
}
