/**
 * Breaks one rule of the product at a time, and says which of them no test notices.
 *
 *     npm run mutate [-- WORD...]
 *
 * A word chooses the mutants whose file or rule has it. The sources stay as they are: a mutant is put in where vitest
 * reads its file. Ends with 1 if a mutant survives and the list does not say why.
 */
import { dirname, resolve } from "node:path";
import { createVitest } from "vitest/node";
import { apply, MUTANTS, type Mutant } from "./mutants.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const CONFIG = resolve(import.meta.dirname, "vitest.config.ts");
const words = process.argv.slice(2);
const chosen = MUTANTS.filter(
  ({ file, rule }) => words.length === 0 || words.some((word) => `${file} ${rule}`.includes(word)),
);

const green = new Set<string>();
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

/** The test that notices the mutant. The tests in its folder run first, because most mutants end there. */
async function killerOf(mutant: Mutant): Promise<string | undefined> {
  const folder = dirname(resolve(ROOT, mutant.file));
  const failure =
    (await failureIn((path) => dirname(path) === folder, mutant)) ??
    (await failureIn((path) => dirname(path) !== folder, mutant));
  if (failure === undefined) return undefined;
  if (!green.has(failure.path)) {
    const broken = await failureIn((path) => path === failure.path, undefined);
    if (broken !== undefined) throw new Error(`this test fails without a mutant too: ${broken.test}`);
    green.add(failure.path);
  }
  return failure.test;
}

/** Each run has a vitest of its own, because a worker keeps the modules that it has read. */
async function failureIn(isChosen: (path: string) => boolean, mutant: Mutant | undefined) {
  const plugin = {
    name: "mutant",
    enforce: "pre" as const,
    transform: (text: string, id: string) =>
      mutant !== undefined && id === resolve(ROOT, mutant.file) ? apply(mutant, text) : undefined,
  };
  const vitest = await createVitest({ config: CONFIG, watch: false }, { plugins: [plugin] });
  try {
    await vitest.standalone();
    const specifications = (await vitest.globTestSpecifications()).filter(({ moduleId }) =>
      isChosen(moduleId),
    );
    if (specifications.length === 0) return undefined;
    const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications);
    for (const module of testModules) {
      const { moduleId: path, relativeModuleId } = module;
      for (const test of module.children.allTests("failed"))
        return { path, test: `${relativeModuleId} > ${test.fullName}` };
      if (module.state() === "failed") return { path, test: relativeModuleId };
    }
    return unhandledErrors.length > 0 ? { path: "", test: String(unhandledErrors[0]) } : undefined;
  } finally {
    await vitest.close();
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
