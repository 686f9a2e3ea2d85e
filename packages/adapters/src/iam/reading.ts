import { iamErrorText, isNoSuchEntity } from "./errors.ts";

/** IAM did not answer a read; `cause` is why. */
export class IamReadError extends Error {
  constructor(operation: string, cause: unknown) {
    super(`IAM did not answer ${operation}: ${iamErrorText(cause)}`, { cause });
    this.name = "IamReadError";
  }
}

/** IAM's answer, or `undefined` for NoSuchEntity. @throws IamReadError for everything else. */
export async function ifThere<T>(operation: string, answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isNoSuchEntity(error)) return undefined;
    throw new IamReadError(operation, error);
  }
}

/** The items of all pages, or `undefined` for NoSuchEntity. @throws as `ifThere`. */
export function everyPage<Page, Item>(
  operation: string,
  pages: AsyncIterable<Page>,
  itemsOf: (page: Page) => readonly Item[] | undefined,
): Promise<readonly Item[] | undefined> {
  const collect = async () => {
    const items: Item[] = [];
    for await (const page of pages) items.push(...(itemsOf(page) ?? []));
    return items;
  };
  return ifThere(operation, collect());
}

/** A field that IAM's API promises and the SDK's types do not. */
export function promised<T>(value: T | undefined, field: string): T {
  if (value === undefined) throw new Error(`IAM answered without \`${field}\``);
  return value;
}
