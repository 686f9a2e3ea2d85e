import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { archiveRecords } from "./archive.ts";
import { heading, line } from "./report.ts";

/** One of so many records is a call that can change a grant: an account's trail, and the worst case of IAM calls alone. */
const ARCHIVES = [
  { records: 1_000_000, triggerEvery: 1_000, goal: " (goal: under 200)" },
  { records: 200_000, triggerEvery: 1, goal: "" },
];
const CLI = fileURLToPath(new URL("../../packages/cli/src/main.ts", import.meta.url));
/** Tells the peak of the process that it is loaded into, in kilobytes, after the answer. */
const TELL_PEAK = "data:text/javascript,process.on('exit',()=>console.error(process.resourceUsage().maxRSS))";

/** Prints how fast a large archive is replayed, and in how much memory. */
export async function benchReplay(): Promise<void> {
  heading("replay of an archive");
  for (const { records, triggerEvery, goal } of ARCHIVES) {
    const { recordsPerSecond, peakRssMb } = await replayLarge(records, triggerEvery);
    line("records", records.toLocaleString("en"));
    line("of them IAM changes", (records / triggerEvery).toLocaleString("en"));
    line("records per second", recordsPerSecond.toLocaleString("en"));
    line("peak memory", `${peakRssMb} MB${goal}`);
  }
}

/** What a replay of a large archive took: by the real CLI, as a process of its own, start included. */
interface ReplayBench {
  readonly recordsPerSecond: number;
  readonly peakRssMb: number;
}

/** Replays generated records of JSON Lines from a temporary file, which is removed afterwards. */
async function replayLarge(records: number, triggerEvery: number): Promise<ReplayBench> {
  const folder = await mkdtemp(join(tmpdir(), "kms-guard-bench-"));
  try {
    const archive = join(folder, "archive.jsonl");
    await pipeline(Readable.from(linesOf(records, triggerEvery)), createWriteStream(archive));
    const beganMs = performance.now();
    const { peakKb, summary } = await replayed(archive, join(folder, "answer.jsonl"));
    const seconds = (performance.now() - beganMs) / 1_000;
    if (!summary.includes(`"records":${records},"triggers":${records / triggerEvery},`)) {
      throw new Error(`the replay did not read the whole archive: ${summary}`);
    }
    return {
      recordsPerSecond: Math.round(records / seconds),
      peakRssMb: Math.round(peakKb / 1_024),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function replayed(archive: string, answer: string): Promise<{ peakKb: number; summary: string }> {
  const child = spawn(
    process.execPath,
    ["--import", TELL_PEAK, CLI, "replay", archive, "--output", "jsonl"],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  let told = "";
  child.stderr.setEncoding("utf8").on("data", (piece: string) => {
    told += piece;
  });
  const [[code]] = await Promise.all([
    once(child, "close"),
    pipeline(child.stdout, createWriteStream(answer)),
  ]);
  // The archive holds full grants.
  if (code !== 2) throw new Error(`kms-guard replay ended with ${code}: ${told}`);
  const lines = (await readFile(answer, "utf8")).trimEnd().split("\n");
  return { peakKb: Number(told.trim()), summary: lines.at(-1) ?? "" };
}

/** Many lines at a time: one write for each takes longer than the replay. */
function* linesOf(records: number, triggerEvery: number): Generator<string> {
  let lines: string[] = [];
  for (const record of archiveRecords(records, triggerEvery)) {
    lines.push(`${JSON.stringify(record)}\n`);
    if (lines.length < 1_000) continue;
    yield lines.join("");
    lines = [];
  }
  yield lines.join("");
}
