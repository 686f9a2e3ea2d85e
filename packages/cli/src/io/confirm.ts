import { UsageError } from "./errors.ts";
import { type Io, print } from "./io.ts";

/** Throws UsageError if there is no terminal to ask on and no `--yes`: nothing is changed without a yes. */
export function requireConfirmable(io: Io, yes: boolean | undefined, command: string): void {
  if (yes || (io.isTTY.stdin && io.isTTY.stderr)) return;
  throw new UsageError(
    `${command} asks before it changes anything, and there is no terminal to ask on: nothing was changed. Add \`--yes\``,
  );
}

/** Asks on stderr and reads one line. Anything but `y` or `yes` means no. */
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
