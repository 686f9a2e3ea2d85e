/**
 * A text of the sandbox without what is another one each time: ids, times, how long it took, who ran it on what. Columns
 * have no more spaces than two, since their widths are of what was there.
 * @param names What to call a finding, by its id.
 */
export function masked(text: string, names: ReadonlyMap<string, string>): string {
  return [...names]
    .reduce((all, [id, name]) => all.replaceAll(id, name), text)
    .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z/g, "TIME")
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "UUID")
    .replace(/\bke-[0-9a-f]{16}/g, "ke-ID")
    .replace(/\bkg-(?!f{16})[0-9a-f]{16}/g, "kg-ID")
    .replace(/kms-guard-drill-[0-9a-f]{12}/g, "kms-guard-drill-X")
    .replace(/(at most )?\b\d+(\.\d+)? (ms|s|min)\b/g, "~ $3")
    .replace(/aws-sdk-js\/.*/g, "AGENT")
    .replace(/(\S) {2,}/g, "$1  ");
}
