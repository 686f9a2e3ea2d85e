import { printable } from "@kms-guard/core/text/untrusted.ts";
import type { Diagnosis } from "@kms-guard/guard/doctor/diagnosis.ts";
import type { GuardDeployment } from "@kms-guard/guard/doctor/observations.ts";
import type { Paint } from "../io/terminal.ts";

type State = Diagnosis["state"];

const GAP = 2;
const STATE_WIDTH = "warning".length + GAP;

/** A line for each check, the fix under each that is not ok, and the counts at the end. */
export function diagnosesText(
  { stage, region, account, mode }: Pick<GuardDeployment, "stage" | "region" | "account" | "mode">,
  checks: readonly Diagnosis[],
  paint: Paint,
): string {
  const width = Math.max(...checks.map(({ check }) => check.length)) + GAP;
  const lines = checks.flatMap(({ check, state, seen, fix }) => [
    `${painted(paint, state)}${check.padEnd(width)}${printable(seen)}`,
    ...(fix === undefined ? [] : [`${" ".repeat(STATE_WIDTH)}fix: ${printable(fix)}`]),
  ]);
  return [
    paint.bold(`kms-guard ${printable(stage)} in ${printable(region)} of account ${account}, mode ${mode}`),
    ...lines,
    "",
    countsText(checks),
    "",
  ].join("\n");
}

/** The overall state: that of the worst check. */
export function worstOf(checks: readonly Diagnosis[]): State {
  const has = (wanted: State) => checks.some(({ state }) => state === wanted);
  if (has("fail")) return "fail";
  return has("warning") ? "warning" : "ok";
}

function painted(paint: Paint, state: State): string {
  const word = state.padEnd(STATE_WIDTH);
  if (state === "fail") return paint.bold(paint.red(word));
  return state === "warning" ? paint.yellow(word) : paint.green(word);
}

function countsText(checks: readonly Diagnosis[]): string {
  const count = (wanted: State) => checks.filter(({ state }) => state === wanted).length;
  const [fails, warnings] = [count("fail"), count("warning")];
  return [
    `${count("ok")} ok`,
    `${warnings} ${warnings === 1 ? "warning" : "warnings"}`,
    `${fails} ${fails === 1 ? "fail" : "fails"}`,
  ].join(", ");
}
