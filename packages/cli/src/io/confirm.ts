import { UsageError } from "./errors.ts";
import { type Io, print } from "./io.ts";

/** Where nobody can be asked, and `--yes` is not there, it is wrong usage: nothing is changed unasked. */
export function mustBeAskable(io: Io, yes: boolean | undefined, command: string): void {
  if (yes || (io.isTTY.stdin && io.isTTY.stderr)) return;
  throw new UsageError(
    `${command} asks before it changes anything, and there is no terminal to ask on: nothing was changed. Add \`--yes\``,
  );
}

/** Asks on stderr and reads one line; anything but `y` or `yes` is no. */
export async function isConfirmed(io: Io, question: string): Promise<boolean> {
  await print(io.stderr, `${question} [y/N] `);
  let answer = "";
  const decoder = new TextDecoder();
  for await (const bytes of io.stdin) {
    answer += decoder.decode(bytes, { stream: true });
    if (answer.includes("\n")) break;
  }
  return /^y(es)?$/i.test(answer.split("\n", 1)[0]?.trim() ?? "");
}
