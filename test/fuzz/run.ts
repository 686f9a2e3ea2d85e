/**
 * Tries every property of the tests on other examples than they do: on as many as there is time for.
 *
 *     npm run fuzz [-- --seed N] [--runs N] [--seconds N]
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { globSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    /** Of the examples: any of 32 bits, and the one that is printed for the same examples again. */
    seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 31)) },
    /** Examples of each property, if there is time for so many. */
    runs: { type: "string", default: "1000000" },
    /** For all properties together. */
    seconds: { type: "string", default: "80" },
  },
});

const texts = new Map(
  globSync("{packages/*/src,test}/**/*.test.ts").map((path) => [path, readFileSync(path, "utf8")]),
);
const files = [...texts].flatMap(([path, text]) => (text.includes('from "fast-check"') ? [path] : []));
const properties = files.flatMap((path) => texts.get(path)?.match(/\bfc\.assert\(/g) ?? []).length;

process.stdout.write(
  `${properties} properties, seed ${values.seed}: npm run fuzz -- --seed ${values.seed}\n`,
);
const vitest = spawn("npx", ["vitest", "run", "--no-file-parallelism", "--testTimeout=600000", ...files], {
  stdio: "inherit",
  env: {
    ...process.env,
    FUZZ_SEED: values.seed,
    FUZZ_RUNS: values.runs,
    FUZZ_PROPERTY_MS: String(Math.floor((Number(values.seconds) * 1_000) / properties)),
  },
});
const [code] = await once(vitest, "exit");
process.exitCode = code ?? 1;
