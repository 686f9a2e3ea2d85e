import { distance } from "fastest-levenshtein";

/** The known word that was probably meant: at most a third of it is otherwise. `undefined` where none is near. */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  const distances = known.map((candidate) => ({
    candidate,
    distance: distance(word.toLowerCase(), candidate.toLowerCase()),
  }));
  const nearest = distances.toSorted((one, other) => one.distance - other.distance)[0];
  if (nearest === undefined || nearest.distance > Math.max(2, nearest.candidate.length / 3)) return undefined;
  return nearest.candidate;
}
