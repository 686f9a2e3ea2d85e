import type { EvaluationContext } from "@kms-guard/core/evaluate/evaluate.ts";
import type { Verdict, VerdictName } from "@kms-guard/core/evaluate/verdict.ts";
import type { Account } from "@kms-guard/core/policy/policy.ts";
import { KMS } from "@kms-guard/core/services/kms.ts";
import { printable } from "@kms-guard/core/text/untrusted.ts";
import { type Input, type PolicyInput, sourceOf, type UnreadableInput } from "../input/policy-input.ts";
import { readPolicies } from "../input/read-policies.ts";
import { EXIT, type ExitCode } from "../io/errors.ts";
import { type Io, note, print } from "../io/io.ts";
import { Progress } from "../io/progress.ts";
import { paintFor } from "../io/terminal.ts";
import { failsAt } from "../output/fail-on.ts";
import { csv, type Format, json, jsonl, type Row, Tally } from "./formats.ts";
import { sarif } from "./sarif.ts";
import { human } from "./text.ts";

/** Evaluates a document, given as text or parsed JSON. */
export type Evaluate = (document: unknown, context: EvaluationContext) => Verdict;

const FORMATS = { human, json, jsonl, sarif, csv } as const satisfies Record<string, Format>;
export const FORMAT_NAMES = ["human", "json", "jsonl", "sarif", "csv"] as const;

/** AWS's documentation account: no account of the user's can be guessed. */
export const ASSUMED_ACCOUNT: Account = { id: "111122223333", partition: "aws" };

export interface ScanOptions {
  readonly all?: true;
  readonly output: (typeof FORMAT_NAMES)[number];
  readonly failOn: VerdictName;
  readonly account?: string;
  readonly partition?: string;
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
    paths: options.live === true ? liveArguments(options) : paths,
    cwd: io.cwd,
    failOn: options.failOn,
    assumedAccount: options.account === undefined && options.live !== true ? ASSUMED_ACCOUNT.id : undefined,
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
        : evaluatedRow(input, evaluate, { account: accountOf(input, options), service: KMS, nowMs });
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

/** What the user chose, else what the input says, else what is assumed. */
function accountOf({ account: given }: PolicyInput, { account, partition }: ScanOptions): Account {
  return {
    id: account ?? given?.id ?? ASSUMED_ACCOUNT.id,
    partition: partition ?? given?.partition ?? ASSUMED_ACCOUNT.partition,
  };
}

function evaluatedRow(input: PolicyInput, evaluate: Evaluate, context: EvaluationContext): Row {
  const { id, place, policyKind: kind, attachments } = input;
  const verdict = evaluate(input.document, context);
  return { id, place, kind, verdict, ...(attachments !== undefined && { attachments }) };
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

/** The options of `--live`, to be repeated in the next command. */
function liveArguments({ region, profile }: ScanOptions): readonly string[] {
  const named = Object.entries({ region, profile });
  return ["--live", ...named.flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]))];
}
