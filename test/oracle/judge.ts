import { type Cell, cellsOf, regionsFor, type Setting } from "./cells.ts";
import { Granted } from "./granted.ts";
import { ALL_IDS } from "./key-ids.ts";
import { counts, readStatements, type Statement, type WrittenDocument } from "./statements.ts";

export interface Judgement {
  /** `unsure`: the document has something that is not judged here. */
  readonly name: "full" | "near-full" | "conditional-full" | "escalation" | "scoped-full" | "none" | "unsure";
  /** Of `conditional-full`: its conditions always hold. */
  readonly vacuous: boolean;
  /** Of `scoped-full`: the largest part, 0 to 1, of the keys in the counted Regions on which it holds. */
  readonly share?: number;
}

const UNSURE: Judgement = { name: "unsure", vacuous: false };

/** A Deny that takes less than a thousandth of the ids may count as nothing. */
const NEGLIGIBLE = ALL_IDS / 1_000n;

/** The exact verdict on one identity policy document. */
export function judge(document: WrittenDocument, setting: Setting): Judgement {
  const written = readStatements(document);
  if (written === undefined) return UNSURE;
  const statements = written.filter(counts);
  const cells = cellsOf(statements, regionsFor(written, setting), setting);
  const exact = ladder(statements, cells, setting, 0n);
  if (statements.every(({ effect }) => effect === "Allow")) return exact;
  const generous = ladder(statements, cells, setting, NEGLIGIBLE);
  return exact.name === generous.name && exact.vacuous === generous.vacuous ? exact : UNSURE;
}

/** The first verdict that holds. */
function ladder(
  statements: readonly Statement[],
  cells: readonly Cell[],
  setting: Setting,
  slack: bigint,
): Judgement {
  const unconditional = new Granted(statements, cells, setting, { allows: ["unconditional"], slack });
  const always = new Granted(statements, cells, setting, { allows: ["unconditional", "always"], slack });
  const sometimes = new Granted(statements, cells, setting, {
    allows: ["unconditional", "always", "sometimes"],
    slack,
  });
  if (unconditional.isFull()) return { name: "full", vacuous: false };
  if (unconditional.isNearFull()) return { name: "near-full", vacuous: false };
  if (always.isFull() || always.isNearFull()) return { name: "conditional-full", vacuous: true };
  if (sometimes.isFull() || sometimes.isNearFull()) return { name: "conditional-full", vacuous: false };
  if (always.isEscalation()) return { name: "escalation", vacuous: false };
  const scopes = [...always.scopes(), ...sometimes.nearFullTogether()];
  if (scopes.length > 0) return { name: "scoped-full", vacuous: false, share: Math.max(...scopes) };
  return { name: "none", vacuous: false };
}
