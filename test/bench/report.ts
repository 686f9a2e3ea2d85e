/** Prints a result's heading. */
export function heading(text: string): void {
  process.stdout.write(`\n${text}\n`);
}

/** Prints one measured figure. */
export function line(label: string, value: string): void {
  process.stdout.write(`  ${label.padEnd(36)} ${value}\n`);
}

/** Milliseconds as microseconds, for reading. */
export function micros(durationMs: number): string {
  return `${(durationMs * 1000).toFixed(1)} µs`;
}

/** How many times the second the first is. */
export function ratio(one: number, other: number): string {
  return `${(one / other).toFixed(2)}x`;
}
