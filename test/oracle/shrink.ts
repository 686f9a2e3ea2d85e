import type { WrittenDocument, WrittenStatement } from "./statements.ts";

/** The smallest document that `isWanted` too, with statements, conditions and members of lists left out one by one. */
export function shrink(
  document: WrittenDocument,
  isWanted: (document: WrittenDocument) => boolean,
): WrittenDocument {
  let smallest = document;
  for (;;) {
    const smaller = smallerThan(smallest).find(isWanted);
    if (smaller === undefined) return smallest;
    smallest = smaller;
  }
}

function smallerThan(document: WrittenDocument): WrittenDocument[] {
  const { Statement } = document;
  const replaced = Statement.flatMap((statement, n) => [
    ...(Statement.length > 1 ? [Statement.toSpliced(n, 1)] : []),
    ...smallerStatements(statement).map((smaller) => Statement.with(n, smaller)),
  ]);
  return replaced.map((statements) => ({ ...document, Statement: statements }));
}

const LISTS = ["Action", "NotAction", "Resource", "NotResource"] as const;

function smallerStatements({ Condition = {}, ...statement }: WrittenStatement): WrittenStatement[] {
  const when = (condition: typeof Condition) =>
    Object.keys(condition).length === 0 ? statement : { ...statement, Condition: condition };
  const fewer = Object.entries(Condition).flatMap(([operator, tests]) => {
    const { [operator]: _, ...others } = Condition;
    const shorter = Object.entries(tests).flatMap(([key, values]) =>
      shorterLists(values).map((list) => ({ ...Condition, [operator]: { ...tests, [key]: list } })),
    );
    return [others, ...shorter].map(when);
  });
  const shorter = LISTS.flatMap((element) =>
    shorterLists(statement[element]).map((list) => ({ ...when(Condition), [element]: list })),
  );
  return [...fewer, ...shorter];
}

/** Halves first: a list of all Regions is long. */
function shorterLists(list: string | readonly string[] | undefined): (readonly string[])[] {
  if (list === undefined || typeof list === "string" || list.length < 2) return [];
  const half = Math.ceil(list.length / 2);
  return [list.slice(0, half), list.slice(half), ...list.map((_, n) => list.toSpliced(n, 1))];
}
