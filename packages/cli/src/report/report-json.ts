import { printableJson } from "@kms-guard/core/text/untrusted.ts";
import type { Evidence } from "./evidence.ts";

/** The evidence as one JSON object, piece by piece; a finding has its timeline beside its own fields. */
export function* reportJson({ findings, ...rest }: Evidence): Generator<string> {
  yield `${printableJson({ schemaVersion: "1", ...rest }).slice(0, -1)},"findings":[`;
  for (const [index, { finding, happenings }] of findings.entries()) {
    yield `${index === 0 ? "" : ","}\n${printableJson({ ...finding, timeline: happenings })}`;
  }
  yield "]}\n";
}
