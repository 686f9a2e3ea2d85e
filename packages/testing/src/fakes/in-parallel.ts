/** What `work` makes of each item, in their order, so many at a time. */
export async function inParallel<T, R>(
  atATime: number,
  items: readonly T[],
  work: (item: T) => R | Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  const left = items.entries();
  await Promise.all(
    Array.from({ length: atATime }, async () => {
      for (const [index, item] of left) results[index] = await work(item);
    }),
  );
  return results;
}
