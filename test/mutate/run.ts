/**
 * Breaks one rule of the product at a time, and says which of them no test notices.
 *
 *     npm run mutate [-- WORD...]
 *
 * A word chooses the mutants whose file or rule has it. The sources stay as they are: a mutant is put in where vitest
 * reads its file. Ends with 1 if a mutant survives and the list does not say why.
 */
import { dirname, resolve } from "node:path";
import { createVitest, type TestSpecification } from "vitest/node";
import { apply, MUTANTS, type Mutant } from "./mutants.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const words = process.argv.slice(2);
const chosen = MUTANTS.filter(
  ({ file, rule }) => words.length === 0 || words.some((word) => `${file} ${rule}`.includes(word)),
);

let current: Mutant | undefined;
const vitest = await createVitest(
  { config: resolve(import.meta.dirname, "vitest.config.ts"), watch: false },
  {
    plugins: [
      {
        name: "mutant",
        enforce: "pre",
        transform: (text, id) =>
          current !== undefined && id === resolve(ROOT, current.file) ? apply(current, text) : undefined,
      },
    ],
  },
);
await vitest.standalone();
const all = await vitest.globTestSpecifications();

const green = new Set<TestSpecification>();

try {
  const unexplained: Mutant[] = [];
  for (const [index, mutant] of chosen.entries()) {
    const beganMs = performance.now();
    const killer = await killerOf(mutant);
    const seconds = Math.round((performance.now() - beganMs) / 1_000);
    const result = killer === undefined ? "SURVIVED" : "killed";
    print(`${index + 1}/${chosen.length} ${result} in ${seconds} s: ${mutant.file}: ${mutant.rule}`);
    if (killer !== undefined) print(`    by ${killer}`);
    else if (mutant.survives !== undefined) print(`    as expected: ${mutant.survives}`);
    else unexplained.push(mutant);
  }
  print(`${chosen.length} mutants, ${unexplained.length} survived without an explanation`);
  for (const { file, find, replace, rule } of unexplained)
    print(`- ${file}: ${rule}\n    ${find}\n    ${replace}`);
  process.exitCode = unexplained.length > 0 ? 1 : 0;
} finally {
  await vitest.close();
}

/** The test that notices the mutant. The tests in its folder run first, because most mutants end there. */
async function killerOf(mutant: Mutant): Promise<string | undefined> {
  const isNear = ({ moduleId }: TestSpecification) =>
    dirname(moduleId) === dirname(resolve(ROOT, mutant.file));
  const near = all.filter(isNear);
  const failure =
    (await failureIn(near, mutant)) ??
    (await failureIn(
      all.filter((one) => !near.includes(one)),
      mutant,
    ));
  if (failure === undefined) return undefined;
  const [killer] = all.filter(({ moduleId }) => moduleId === failure.moduleId);
  if (killer !== undefined && !green.has(killer)) {
    const broken = await failureIn([killer], undefined);
    if (broken !== undefined) throw new Error(`this test fails without a mutant too: ${broken.test}`);
    green.add(killer);
  }
  return failure.test;
}

async function failureIn(specifications: TestSpecification[], mutant: Mutant | undefined) {
  if (specifications.length === 0) return undefined;
  for (const one of [current, mutant]) if (one !== undefined) vitest.invalidateFile(resolve(ROOT, one.file));
  current = mutant;
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications);
  for (const module of testModules) {
    const { moduleId, relativeModuleId } = module;
    for (const test of module.children.allTests("failed"))
      return { moduleId, test: `${relativeModuleId} > ${test.fullName}` };
    if (module.state() === "failed") return { moduleId, test: relativeModuleId };
  }
  return unhandledErrors.length > 0 ? { moduleId: "", test: String(unhandledErrors[0]) } : undefined;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
