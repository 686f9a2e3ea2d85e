/** The known word that was probably meant: at most a third of it is otherwise. `undefined` where none is near. */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  const distances = known.map((candidate) => ({
    candidate,
    distance: editDistance(word.toLowerCase(), candidate.toLowerCase()),
  }));
  const nearest = distances.toSorted((one, other) => one.distance - other.distance)[0];
  if (nearest === undefined || nearest.distance > Math.max(2, nearest.candidate.length / 3)) return undefined;
  return nearest.candidate;
}

/** How many characters have to be put in, taken out or changed (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [rows, character] of [...from].entries()) {
    let left = rows + 1;
    const next = [left];
    for (const [index, other] of [...to].entries()) {
      const diagonal = row[index] ?? 0;
      const above = row[index + 1] ?? 0;
      left = Math.min(left + 1, above + 1, diagonal + (character === other ? 0 : 1));
      next.push(left);
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
