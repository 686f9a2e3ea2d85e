import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import { printable, printableJson } from "@kms-guard/core/text/untrusted.ts";
import { removeExemption } from "@kms-guard/guard/exemptions.ts";
import { sortStored } from "@kms-guard/guard/stored.ts";
import { withDeployment } from "../aws/connect.ts";
import { unreadableText } from "../aws/finding-id.ts";
import type { LiveOptions } from "../aws/options.ts";
import { isConfirmed } from "../io/confirm.ts";
import { Failure } from "../io/errors.ts";
import { EXIT, type ExitCode } from "../io/exit-codes.ts";
import { type Io, note, print } from "../io/io.ts";
import { paintFor } from "../io/paint.ts";
import { exemptionText } from "./text.ts";

export interface RemoveOptions extends LiveOptions {
  readonly yes?: true;
  readonly output: "human" | "json";
}

/** Shows the exemption, asks if it has to, takes it back and tells everybody. */
export function runRemove(id: string, options: RemoveOptions, io: Io): Promise<ExitCode> {
  return withDeployment(options, io, async ({ ports, environment, operator, words }) => {
    const stored = await sortStored(await ports.findings.exemptions());
    const unreadable = stored.unreadable.find((item) => item.id === id);
    if (unreadable !== undefined) throw new Failure(`${unreadableText(unreadable)}; it exempts nothing`);
    const exemption = stored.records.find((candidate) => candidate.id === id);
    if (exemption === undefined) {
      throw new Failure(`there is no exemption \`${id}\`; next: ${KMS_GUARD} exempt list${words}`);
    }
    const isJson = options.output === "json";
    if (!isJson || !options.yes) {
      const text = exemptionText(exemption, ports.clock.nowMs(), paintFor(io));
      await print(isJson ? io.stderr : io.stdout, text);
    }
    if (!options.yes && !(await isConfirmed(io, "Take it back?"))) {
      throw new Failure("not confirmed, so the exemption stands");
    }
    const failures = await removeExemption(ports, environment.settings, exemption, operator.arn);
    for (const { message } of failures) await note(io, `note: ${printable(message)}`);
    await print(
      io.stdout,
      isJson
        ? `${printableJson({ schemaVersion: "1", kind: "removed", exemption, failures: failures.map(({ message }) => message) })}\n`
        : `${printable(id)} is removed: the guard judges the policy again at the next event or sweep.\n` +
            `next: ${KMS_GUARD} exempt list${words}\n`,
    );
    return failures.length === 0 ? EXIT.clean : EXIT.broke;
  });
}
