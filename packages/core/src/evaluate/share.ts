import type { GuardedResource, GuardedService } from "../services/service.ts";
import type { Steps } from "./glob-automaton.ts";
import { resourcePart, segmentsOf } from "./resource-pattern.ts";

/** A part of the counted resources: of each counted Region, and of all together, 0 to 1. */
export interface Share {
  readonly parts: readonly { readonly region: string; readonly part: number }[];
  readonly total: number;
}

/** From so much on it is all of them: see `NEGLIGIBLE`. */
const ALL = 0.999;

/** A share in words: `all keys of 1 of 17 Regions`, `25% of the keys of every Region`. */
export function shareInWords({ parts, total }: Share, { many }: GuardedResource): string {
  const touched = parts.filter(({ part }) => part > 0);
  const where =
    touched.length < parts.length
      ? ` of ${touched.length} of ${parts.length} Regions`
      : parts.length === 1
        ? ""
        : " of every Region";
  if (touched.every(({ part }) => part >= ALL)) {
    return touched.length === parts.length ? `all ${many}` : `all ${many}${where}`;
  }
  const part = (total * parts.length) / touched.length;
  return `${percent(part)} of the ${many}${where}`;
}

function percent(part: number): string {
  const hundredths = part * 100;
  if (hundredths < 0.01) return "less than 0.01%";
  if (hundredths > 99.9) return "over 99.9%";
  return `${Number(hundredths.toPrecision(hundredths < 1 ? 1 : 3))}%`;
}

/**
 * So small a part of all resources that a limit on it changes no verdict: one in a thousand. Names are random, so that
 * no key of an account need be among them.
 */
export const NEGLIGIBLE = 1_000n;

/**
 * Those of the globs that together match a negligible part of the resources of every shape, the smallest first. The
 * part is bounded from above, never estimated: by the chance of each piece between stars to be at any of the places
 * where it can be.
 */
export function negligibleGlobs(
  globs: Iterable<string>,
  service: GuardedService,
  steps: Steps,
): ReadonlySet<string> {
  const bounded = [...globs]
    .map((glob) => ({ glob, part: largestPart(glob, service, steps) }))
    .sort((one, other) => one.part - other.part);
  const negligible = new Set<string>();
  let sum = 0;
  for (const { glob, part } of bounded) {
    sum += part;
    if (sum >= 1 / Number(NEGLIGIBLE)) break;
    negligible.add(glob);
  }
  return negligible;
}

/** No less than the part of the resources of any shape that a glob matches, wherever it puts them. */
function largestPart(glob: string, service: GuardedService, steps: Steps): number {
  const segments = glob.split(":");
  if (segments.length !== segmentsOf(service)) return 1;
  const written = resourcePart(segments);
  const { prefix, shapes } = service.resource;
  return shapes.reduce((most, places) => Math.max(most, partOf(written, [...prefix, ...places], steps)), 0);
}

function partOf(glob: string, places: readonly string[], steps: Steps): number {
  const pieces = glob.split("*");
  const least = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const last = pieces.length - 1;
  if (least > places.length || (last === 0 && least < places.length)) return 0;
  let part = 1;
  for (const [index, piece] of pieces.entries()) {
    if (piece === "") continue;
    const from = index === last ? places.length - piece.length : 0;
    const to = index === 0 ? 0 : places.length - piece.length;
    if (!steps.take(1 + ((to - from) >> 3))) return 1;
    let anywhere = 0;
    for (let offset = from; offset <= to; offset += 1) anywhere += chanceAt(piece, places, offset);
    part *= Math.min(1, anywhere);
  }
  return part;
}

function chanceAt(piece: string, places: readonly string[], offset: number): number {
  let chance = 1;
  for (let index = 0; index < piece.length && chance > 0; index += 1) {
    const character = piece.charAt(index);
    const possible = places[offset + index] ?? "";
    if (character !== "?") chance *= possible.includes(character) ? 1 / possible.length : 0;
  }
  return chance;
}
