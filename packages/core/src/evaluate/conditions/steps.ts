/** Counted work: `take(n)` is false when the steps are used up. Same answer on every machine. */
export interface Steps {
  take(steps: number): boolean;
}
