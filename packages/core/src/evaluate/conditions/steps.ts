/** Counted work: `take(n)` is false when the steps are used up. Same answer on every machine. */
export interface Steps {
  take(steps: number): boolean;
}

export const UNLIMITED: Steps = { take: () => true };

/** So many steps, and no more than others have left. */
export function atMost(count: number, others: Steps = UNLIMITED): Steps {
  let left = count;
  return {
    take: (taken) => {
      left -= taken;
      return left >= 0 && others.take(taken);
    },
  };
}
