import type { EvaluationContext } from "@kms-guard/core/evaluate/evaluate.ts";
import type { Verdict, VerdictName } from "@kms-guard/core/evaluate/verdict.ts";
import { KMS } from "@kms-guard/core/services/kms.ts";
import { printable } from "@kms-guard/core/text/untrusted.ts";
import { type CountedRegions, requirePartition } from "../input/counted-regions.ts";
import { type Input, type PolicyInput, sourceOf, type UnreadableInput } from "../input/policy-input.ts";
import { readPolicies } from "../input/read-policies.ts";
import { EXIT, type ExitCode } from "../io/errors.ts";
import { type Io, note, print } from "../io/io.ts";
import { Progress } from "../io/progress.ts";
import { paintFor } from "../io/terminal.ts";
import { failsAt } from "../output/fail-on.ts";
import { type Assumed, evaluateAssuming } from "./assumed.ts";
import { csv, type Format, json, jsonl, type Row, Tally } from "./formats.ts";
import { sarif } from "./sarif.ts";
import { human } from "./text.ts";

/** Evaluates a document, given as text or parsed JSON. */
export type Evaluate = (document: unknown, context: EvaluationContext) => Verdict;

const FORMATS = { human, json, jsonl, sarif, csv } as const satisfies Record<string, Format>;
export const FORMAT_NAMES = ["human", "json", "jsonl", "sarif", "csv"] as const;

export interface ScanOptions {
  readonly all?: true;
  readonly output: (typeof FORMAT_NAMES)[number];
  readonly failOn: VerdictName;
  readonly account?: string;
  readonly partition?: string;
  readonly regions?: CountedRegions;
  readonly live?: true;
  readonly region?: string;
  readonly profile?: string;
}

/** Evaluates every policy at the paths or in the account, prints them, and fails at the verdict that the user set. */
export async function runScan(
  paths: readonly string[],
  options: ScanOptions,
  evaluate: Evaluate,
  io: Io,
): Promise<ExitCode> {
  const inputs = async (): Promise<AsyncIterable<Input>> => {
    if (options.live !== true) return readPolicies(paths, io);
    // Loaded only here: it imports the AWS SDK, which a scan of files does not need.
    const { accountPolicies } = await import("./account-policies.ts");
    return accountPolicies(options, io);
  };
  const progress = new Progress(io);
  const tally = new Tally();
  let fails = false;
  async function* shown(): AsyncGenerator<Row> {
    for await (const row of evaluatedRows(await inputs(), evaluate, options, io, progress)) {
      tally.add(row);
      fails ||= failsAt(options.failOn, row.verdict);
      if (options.all || row.verdict.name !== "none") yield row;
    }
  }
  const context = {
    summary: () => tally.summary(),
    repeated: repeatedArguments(paths, options),
    cwd: io.cwd,
    failOn: options.failOn,
    paint: paintFor(io),
  };
  for await (const piece of FORMATS[options.output](shown(), context)) {
    await progress.clear();
    await print(io.stdout, piece);
  }
  return fails ? EXIT.findings : EXIT.clean;
}

/**
 * Every policy with its verdict, in order; notes and progress go to stderr. What cannot be read is an `invalid` row
 * that names the place and the problem.
 */
async function* evaluatedRows(
  inputs: AsyncIterable<Input>,
  evaluate: Evaluate,
  options: ScanOptions,
  io: Io,
  progress: Progress,
): AsyncGenerator<Row> {
  const skipped: string[] = [];
  const nowMs = io.clock.nowMs();
  let count = 0;
  for await (const input of inputs) {
    if (input.kind === "policy" || input.kind === "unreadable") {
      count += 1;
      await progress.show(`evaluated ${count} policies`);
      yield input.kind === "unreadable"
        ? unreadableRow(input)
        : evaluatedRow(input, evaluate, options, nowMs);
    } else if (input.kind === "warning") {
      await progress.clear();
      await note(io, `warning: ${printable(input.message)}`);
    } else {
      skipped.push(input.path);
    }
  }
  await progress.clear();
  if (skipped.length > 0) await note(io, skippedNote(skipped));
}

function evaluatedRow(input: PolicyInput, evaluate: Evaluate, options: ScanOptions, nowMs: number): Row {
  const { id, place, policyKind: kind, attachments, document } = input;
  const regions = options.regions?.names;
  const { verdict, assumed } = evaluateAssuming(document, saidOf(input, options), (account) =>
    evaluate(document, { account, service: KMS, nowMs, ...(regions !== undefined && { regions }) }),
  );
  return { id, place, kind, verdict, assumed, ...(attachments !== undefined && { attachments }) };
}

/** What the user said of the account, else what the input says. */
function saidOf({ account: given, place }: PolicyInput, options: ScanOptions): Assumed {
  const account = options.account ?? given?.id;
  const partition = options.partition ?? given?.partition ?? options.regions?.partition;
  if (partition !== undefined) requirePartition(options.regions, partition, sourceOf(place));
  return { ...(account !== undefined && { account }), ...(partition !== undefined && { partition }) };
}

function unreadableRow({ id, place, problem }: UnreadableInput): Row {
  const verdict = {
    name: "invalid",
    vacuous: false,
    severity: "HIGH",
    reason: `\`${sourceOf(place)}\` ${problem}`,
    evidence: [],
    missingActions: [],
  } as const;
  return { id, place, kind: "document", verdict };
}

const NAMED = 3;

function skippedNote(paths: readonly string[]): string {
  const named = paths
    .slice(0, NAMED)
    .map((path) => `\`${printable(path)}\``)
    .join(", ");
  const more = paths.length > NAMED ? ` and ${paths.length - NAMED} more` : "";
  return `note: skipped ${paths.length} ${paths.length === 1 ? "file" : "files"} without a policy: ${named}${more}`;
}

/** The paths or `--live`, and the options that decide which verdicts there are, to be repeated in the next command. */
function repeatedArguments(paths: readonly string[], options: ScanOptions): readonly string[] {
  const { live, region, profile, account, partition, regions } = options;
  const named = Object.entries({ region, profile, account, partition, regions: regions?.names.join(",") });
  return [
    ...(live === true ? ["--live"] : paths),
    ...named.flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value])),
  ];
}
