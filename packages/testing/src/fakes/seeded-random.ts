/** Numbers from 0 up to 1, the same for the same seed. */
export type Random = () => number;

/** Marsaglia's 32-bit xorshift: enough to shuffle with. @param seed Not 0. */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
