/**
 * The ways in which a glob can stand on an ARN of six segments, each as a glob for every segment. A glob with fewer
 * colons has its wildcards match the others: `arn:aws:kms:*` is `arn:aws:kms:*:*:*` and nothing else. `undefined`
 * where there are too many ways.
 */
export function alignments(glob: string): readonly (readonly string[])[] | undefined {
  const written = glob.split(":");
  if (written.length >= SEGMENTS) return written.length === SEGMENTS ? [written] : [];
  let ways = [{ text: "", missing: SEGMENTS - written.length }];
  let from = 0;
  for (const { 0: wildcard, index } of glob.matchAll(/[*?]/g)) {
    const read = glob.slice(from, index);
    const more: typeof ways = [];
    for (const { text, missing } of ways) {
      const upTo = wildcard === "*" ? missing : Math.min(missing, 1);
      for (let colons = 0; colons <= upTo; colons += 1) {
        const stands = wildcard === "*" ? `*${":*".repeat(colons)}` : colons === 0 ? "?" : ":";
        more.push({ text: text + read + stands, missing: missing - colons });
      }
    }
    if (more.length > MOST_WAYS) return undefined;
    ways = more;
    from = index + 1;
  }
  return ways.filter(({ missing }) => missing === 0).map(({ text }) => (text + glob.slice(from)).split(":"));
}

const SEGMENTS = 6;
const MOST_WAYS = 32;
