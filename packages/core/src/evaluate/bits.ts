/** Gathers bits by their place, then makes one number of them: far cheaper than setting them one by one in a bigint. */
export class Bits {
  readonly #words: BigUint64Array;
  readonly #halves: Uint32Array;

  constructor(size: number) {
    this.#words = new BigUint64Array((size >>> 6) + 1);
    this.#halves = new Uint32Array(this.#words.buffer);
  }

  set(place: number): void {
    const half = place >>> 5;
    this.#halves[half] = (this.#halves[half] ?? 0) | (1 << (place & 31));
  }

  toBigInt(): bigint {
    let bits = 0n;
    for (const word of this.#words.toReversed()) bits = (bits << 64n) | word;
    return bits;
  }
}

/** Which of the places are set in a number; reads the number once, however many places are asked for. */
export function placesSet(bits: bigint, places: readonly number[]): boolean[] {
  const hex = bits.toString(16);
  return places.map((place) => {
    const digit = hex.charCodeAt(hex.length - 1 - (place >>> 2));
    // NaN, left of the first digit, is not set.
    const value = digit >= 97 ? digit - 87 : digit - 48;
    return ((value >>> (place & 3)) & 1) === 1;
  });
}
