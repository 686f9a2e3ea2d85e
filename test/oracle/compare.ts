/**
 * Compares the evaluator with the oracle on made-up policy documents, and prints each disagreement with the smallest
 * document that shows it.
 *
 *     node test/oracle/compare.ts [--seed N] [--runs N] [--show N] [--setting NAME]
 */
import { parseArgs } from "node:util";
import fc from "fast-check";
import { answersOn } from "./agreement.ts";

import { judge } from "./judge.ts";
import { policyDocumentsIn } from "./made/documents.ts";
import { SETTINGS } from "./setting.ts";
import { shrink } from "./shrink.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 31)) },
    runs: { type: "string", default: "20000" },
    /** Of each kind of disagreement. */
    show: { type: "string", default: "3" },
    /** Of setting.ts. */
    setting: { type: "string", default: "default" },
  },
});
const setting = SETTINGS[values.setting];
if (setting === undefined) throw new Error(`no setting ${values.setting}`);
const print = (line: string) => process.stdout.write(`${line}\n`);
const count = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);

print(`node test/oracle/compare.ts --seed ${values.seed} --runs ${values.runs} --setting ${values.setting}`);
const documents = fc.sample(policyDocumentsIn(setting), {
  seed: Number(values.seed),
  numRuns: Number(values.runs),
});

const started = performance.now();
for (const document of documents) judge(document, setting);
const oracleMs = performance.now() - started;

const verdicts = { evaluator: new Map<string, number>(), oracle: new Map<string, number>() };
const kinds = new Map<string, number>();
for (const document of documents) {
  const { evaluator, oracle, agree, shareAgrees } = answersOn(document, setting);
  count(verdicts.evaluator, evaluator);
  count(verdicts.oracle, oracle);
  if (agree && shareAgrees) continue;
  const kind = `oracle ${oracle}, evaluator ${evaluator}`;
  count(kinds, kind);
  if ((kinds.get(kind) ?? 0) > Number(values.show)) continue;
  const smallest = shrink(document, (smaller) => {
    const answers = answersOn(smaller, setting);
    return answers.evaluator === evaluator && answers.oracle === oracle;
  });
  print(`${kind}\n  ${JSON.stringify(smallest.Statement)}`);
}

const sorted = (counts: Map<string, number>) =>
  [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([name, n]) => `  ${n}  ${name}`)
    .join("\n");
print(`evaluator:\n${sorted(verdicts.evaluator)}\noracle:\n${sorted(verdicts.oracle)}`);
print(`oracle: ${((oracleMs * 1_000) / documents.length).toFixed(0)} us a document`);
print(kinds.size === 0 ? "no disagreement" : `disagreements:\n${sorted(kinds)}`);
process.exitCode = kinds.size === 0 ? 0 : 1;
