/**
 * The findings table, for the stack that creates it: a string partition key and sort key, and one index. It is the audit
 * record that a restore starts from, so nothing in it expires.
 *
 *     pk              sk                       holds
 *     FINDING#A#kg-…  FINDING                  the finding and its plan; `kind` and `at` put it in the index
 *     FINDING#A#kg-…  POLICY                   puts the finding under its policy: `kind` is POLICY#A/<ARN, or role/x/name>
 *     FINDING#A#kg-…  OUTCOME#<step>           what became of a step, by what it does to whom
 *     FINDING#A#kg-…  CLAIM#contained          who was notified of this status, and whether all were (`complete`)
 *     FINDING#A#kg-…  CLAIM#contained#2026-…   the same, after it was reopened
 *     FINDING#A#kn-…  CLAIM#notice             the same of a notice
 *     FINDING#A#kg-…  PART#<sha256>#00000      a piece of a finding or plan that is too large for one item
 *     EXEMPTIONS#A    EXEMPTION#<id>           an exemption: all of an account's are read with one Query
 *
 * `A` is the account, twelve digits: nothing of one account is met by a query of another.
 *
 * The index lists findings by time, newest first, with their status to filter by: an account's, and each policy's. It is read eventually consistent;
 * everything that decides something is read from the table itself, strongly consistent.
 */
export const FINDINGS_TABLE = {
  partitionKey: "pk",
  sortKey: "sk",
  index: { name: "byTime", partitionKey: "kind", sortKey: "at", include: ["status"] },
} as const;
