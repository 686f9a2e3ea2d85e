/**
 * Runs the command line over a corpus of real policies and events, and fails on any wrong answer:
 *
 *     npm run conformance [-- FOLDER]
 *
 * FOLDER (default: ../shared/data) has policies/*.jsonl, each line `{"id","document"|"raw"}` with the right verdict as
 * `"expected":{"verdict"}` or the right ones as `"acceptable":[{"verdict"}]`, and events/*.jsonl, each line `{"record"}`;
 * of events/noise.jsonl no line may be a trigger.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");
const folder = resolve(process.argv[2] ?? join(ROOT, "../shared/data"));

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function linesOf(text: string): Record<string, unknown>[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line): unknown => JSON.parse(line))
    .filter(isObject);
}

function kmsGuard(...args: string[]): Record<string, unknown>[] {
  const run = spawnSync(process.execPath, [join(ROOT, "packages/cli/src/main.ts"), ...args], {
    encoding: "utf8",
    maxBuffer: 1 << 30,
  });
  if (run.status !== 0 && run.status !== 2)
    throw new Error(`kms-guard ${args.join(" ")} ended with ${run.status}: ${run.stderr}`);
  return linesOf(run.stdout);
}

function rightVerdicts(expected: unknown, acceptable: unknown) {
  const alternatives = Array.isArray(acceptable) ? acceptable.filter(isObject) : [];
  const row = isObject(expected) ? expected : {};
  const others = Array.isArray(row.acceptable_verdicts) ? row.acceptable_verdicts : [];
  const verdicts = [row.verdict, ...others, ...alternatives.map(({ verdict }) => verdict)].filter(
    (verdict) => typeof verdict === "string",
  );
  return { verdicts: new Set(verdicts), uncertain: row.uncertain === true };
}

/** How many rows got a verdict that is not right; says each. */
function checkPolicies(file: string): number {
  const rows = linesOf(readFileSync(file, "utf8"));
  const answers = new Map(kmsGuard("scan", "--all", "--output", "jsonl", file).map((row) => [row.id, row]));
  const counts: Record<string, number> = {};
  let wrong = 0;
  let scored = 0;
  for (const { id, expected, acceptable } of rows) {
    const { verdicts, uncertain } = rightVerdicts(expected, acceptable);
    const answer = String(answers.get(id)?.verdict);
    counts[answer] = (counts[answer] ?? 0) + 1;
    if (uncertain) continue;
    scored += 1;
    if (verdicts.has(answer)) continue;
    wrong += 1;
    say(`  wrong: ${id}: ${answer}, expected ${[...verdicts].join(" or ")}`);
  }
  const found = Object.entries(counts).map(([verdict, count]) => `${count} ${verdict}`);
  say(`${file}: ${scored - wrong} of ${scored} right (${found.join(", ")})`);
  return wrong + Math.abs(rows.length - answers.size);
}

/** How many things are wrong with the reading of events; says each. */
function checkEvents(file: string): number {
  const answers = kmsGuard("replay", "--output", "jsonl", file);
  const records = linesOf(readFileSync(file, "utf8")).length;
  const summary = answers.at(-1)?.summary;
  if (!isObject(summary)) {
    say(`  wrong: ${file}: no summary at the end`);
    return 1;
  }
  let wrong = 0;
  if (summary.records !== records) {
    say(`  wrong: ${file}: ${summary.records} records read of ${records}`);
    wrong += 1;
  }
  if (file.endsWith("noise.jsonl") && summary.triggers !== 0) {
    say(`  wrong: ${file}: noise made ${summary.triggers} triggers`);
    wrong += 1;
  }
  say(`${file}: ${JSON.stringify(summary)}`);
  return wrong;
}

function filesIn(name: string): string[] {
  const directory = join(folder, name);
  if (!existsSync(directory)) return [];
  const names = readdirSync(directory).filter((file) => file.endsWith(".jsonl"));
  return names.sort().map((file) => join(directory, file));
}

if (!existsSync(folder)) {
  process.stderr.write(`no corpus at ${folder}: name the folder that has policies/ and events/\n`);
  process.exitCode = 1;
} else {
  let wrong = 0;
  for (const file of filesIn("policies")) wrong += checkPolicies(file);
  for (const file of filesIn("events")) wrong += checkEvents(file);
  say(wrong === 0 ? "conformance: all right" : `conformance: ${wrong} wrong`);
  if (wrong > 0) process.exitCode = 1;
}
