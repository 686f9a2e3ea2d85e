import fc from "fast-check";

/** One of the values, each as often as its weight says. */
export const pick = <T>(...weighted: readonly (readonly [weight: number, value: T])[]) =>
  mix(...weighted.map(([weight, value]) => [weight, fc.constant(value)] as const));

/** What one of the arbitraries makes, each as often as its weight says. */
export const mix = <T>(...weighted: readonly (readonly [weight: number, arbitrary: fc.Arbitrary<T>])[]) =>
  fc.oneof(...weighted.map(([weight, arbitrary]) => ({ weight, arbitrary })));

/** So many of the values, in their order; fewer where there are not as many. */
export const some = <T>(of: readonly T[], least: number, most: number) =>
  fc.subarray([...of], { minLength: Math.min(least, of.length), maxLength: Math.min(most, of.length) });
