import fc from "fast-check";

/** Every run of the tests tries the same examples, so that it is red only for what was changed. */
const SEED = 20_260_302;

/** Set by `npm run fuzz`, see run.ts. */
const { FUZZ_SEED: seed, FUZZ_RUNS: numRuns, FUZZ_PROPERTY_MS: limitMs } = process.env;

fc.configureGlobal({
  seed: Number(seed ?? SEED),
  ...(numRuns !== undefined && { numRuns: Number(numRuns) }),
  ...(limitMs !== undefined && { interruptAfterTimeLimit: Number(limitMs) }),
});
