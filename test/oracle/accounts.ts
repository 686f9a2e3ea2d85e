import { charactersIn, read, type States } from "./glob.ts";
import { remembering } from "./remember.ts";

const DIGITS: ReadonlySet<string> = new Set("0123456789");

const remembered = remembering<readonly States[]>();

/** The states after the number of an account other than `own`: all that there can be. */
export function foreignAccounts(start: States, own: string): readonly States[] {
  return remembered(`${own} ${start.id}`, () => {
    const mentioned = new Set([...charactersIn(start, DIGITS), ...own]);
    const other = [...DIGITS].find((digit) => !mentioned.has(digit));
    const digits = [...DIGITS].filter((digit) => mentioned.has(digit) || digit === other);
    /** By whether the digits so far are those of `own`. */
    let layer = { own: start, others: new Set<States>() };
    for (const place of own) {
      const others = [...layer.others].flatMap((states) => digits.map((digit) => read(states, digit)));
      const leaving = digits.filter((digit) => digit !== place).map((digit) => read(layer.own, digit));
      layer = { own: read(layer.own, place), others: new Set([...others, ...leaving]) };
    }
    return [...layer.others];
  });
}
