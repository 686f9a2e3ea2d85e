import { inspect } from "@kms-guard/adapters/inspection/inspect.ts";
import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import { printableJson } from "@kms-guard/core/text/untrusted.ts";
import { diagnose } from "@kms-guard/guard/doctor/doctor.ts";
import { withDeployment } from "../aws/connect.ts";
import type { ConnectionOptions } from "../aws/options.ts";
import { EXIT, type ExitCode } from "../io/errors.ts";
import { type Io, print } from "../io/io.ts";
import { paintFor } from "../io/terminal.ts";
import { diagnosesText, worstOf } from "./text.ts";

export interface DoctorOptions extends ConnectionOptions {
  readonly output: "human" | "json";
}

/** Checks the deployment, and prints a line for each check. The exit code is 1 if one fails. */
export function runDoctor(options: DoctorOptions, io: Io): Promise<ExitCode> {
  return withDeployment(options, io, async ({ operator, stage, environment, sameOptions }) => {
    const seen = await inspect({ stage, environment }, operator.access, io.clock.nowMs());
    const checks = diagnose(seen).map((diagnosis) =>
      // A command of this tool gets the same deployment options.
      diagnosis.fix?.startsWith(`${KMS_GUARD} `)
        ? { ...diagnosis, fix: `${diagnosis.fix}${sameOptions}` }
        : diagnosis,
    );
    const state = worstOf(checks);
    const { account, region, mode } = seen.deployment;
    await print(
      io.stdout,
      options.output === "json"
        ? `${printableJson({ schemaVersion: "1", ...{ stage, account, region, mode, state, checks } })}\n`
        : diagnosesText(seen.deployment, checks, paintFor(io)),
    );
    return state === "fail" ? EXIT.broke : EXIT.clean;
  });
}
