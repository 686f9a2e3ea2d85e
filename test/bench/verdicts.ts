import { existsSync, readFileSync } from "node:fs";
import { evaluateDocument } from "@kms-guard/core/evaluate/evaluate.ts";
import { KMS } from "@kms-guard/core/services/kms.ts";
import { Bench } from "tinybench";
import { HOSTILE, normalDocuments, realisticDocument, seeded, strangeActions } from "./documents.ts";
import { heading, line, micros, ratio } from "./report.ts";

/** More than the evaluation remembers the actions of. */
const STRANGE = 200;

const CONTEXT = {
  account: { id: "111122223333", partition: "aws" },
  service: KMS,
  nowMs: Date.UTC(2026, 0, 1),
};

/** Median milliseconds of each named task, all measured in turn in one run. */
async function medianMs(tasks: Readonly<Record<string, () => void>>): Promise<ReadonlyMap<string, number>> {
  const bench = new Bench({ time: 400, warmupTime: 200 });
  for (const [name, task] of Object.entries(tasks)) bench.add(name, task);
  await bench.run();
  return new Map(
    bench.tasks.map(({ name, result }) => [name, "latency" in result ? result.latency.p50 : Number.NaN]),
  );
}

/** Parse and evaluate against `JSON.parse` alone, then hostile documents against normal ones of their size. */
export async function benchVerdicts(): Promise<void> {
  const random = seeded(42);
  const documents = Array.from({ length: 1000 }, () => realisticDocument(random));
  const bytes = documents.reduce((sum, text) => sum + text.length, 0);
  let sink = 0;
  const evaluateOne = (text: string): void => {
    sink += evaluateDocument(text, CONTEXT).evidence.length;
  };
  const run = await medianMs({
    json: () => {
      for (const text of documents) sink += typeof JSON.parse(text) === "object" ? 1 : 0;
    },
    evaluate: () => documents.forEach(evaluateOne),
  });
  const [json = 0, both = 0] = [run.get("json"), run.get("evaluate")];
  heading("verdicts");
  line("documents", `${documents.length}, ${Math.round(bytes / documents.length)} characters on average`);
  line("JSON.parse alone", micros(json / documents.length));
  line(
    "parse and evaluate",
    `${micros(both / documents.length)}, ${ratio(both, json)} of JSON.parse (goal: at most 100 µs)`,
  );
  line("documents per second", Math.round((documents.length / both) * 1000).toLocaleString("en"));

  await benchRealDocuments();
  const normal = normalDocuments(20);
  const strange = strangeActions(STRANGE);
  let turn = 0;
  const runs = await medianMs({
    normal: () => normal.forEach(evaluateOne),
    "many action globs, others each time": () => evaluateOne(strange[turn++ % STRANGE] ?? ""),
    ...Object.fromEntries(Object.entries(HOSTILE).map(([name, text]) => [name, () => evaluateOne(text)])),
  });
  const usual = (runs.get("normal") ?? 0) / normal.length;
  heading("hostile documents against a normal one of the same size (goal: at most 20 ms)");
  line("normal", micros(usual));
  for (const [name, hostile] of runs) {
    if (name !== "normal") line(name, `${micros(hostile)}, ${ratio(hostile, usual)}`);
  }
  if (sink === 0) throw new Error("nothing was evaluated");
}

/** AWS's managed policies, where there is a copy of them: one JSON object a line, with its `document`. */
async function benchRealDocuments(): Promise<void> {
  const file = new URL("../../../shared/data/policies/aws-managed.jsonl", import.meta.url);
  if (!existsSync(file)) return;
  const lines = readFileSync(file, "utf8").split("\n");
  const documents = lines.flatMap((line): string[] => {
    if (line === "") return [];
    const { document }: { document: unknown } = JSON.parse(line);
    return [JSON.stringify(document)];
  });
  let sink = 0;
  const run = await medianMs({
    json: () => {
      for (const text of documents) sink += typeof JSON.parse(text) === "object" ? 1 : 0;
    },
    evaluate: () => {
      for (const text of documents) sink += evaluateDocument(text, CONTEXT).evidence.length;
    },
  });
  const [json = 0, both = 0] = [run.get("json"), run.get("evaluate")];
  heading(`${documents.length} AWS managed policies (goal: at most 2 x JSON.parse)`);
  line("JSON.parse alone", micros(json / documents.length));
  line("parse and evaluate", `${micros(both / documents.length)}, ${ratio(both, json)} of JSON.parse`);
  if (sink === 0) throw new Error("nothing was evaluated");
}
