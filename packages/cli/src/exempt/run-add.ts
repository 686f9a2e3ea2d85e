import { createExemption } from "@kms-guard/core/exemptions/exemption.ts";
import type { PrincipalName } from "@kms-guard/core/policy/policy.ts";
import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import { printableJson } from "@kms-guard/core/text/untrusted.ts";
import type { ExemptionTarget } from "@kms-guard/guard/exemption-target.ts";
import { addExemption } from "@kms-guard/guard/exemptions.ts";
import { withDeployment } from "../aws/connect.ts";
import type { LiveOptions } from "../aws/options.ts";
import { isConfirmed } from "../io/confirm.ts";
import { Failure, UsageError } from "../io/errors.ts";
import { EXIT, type ExitCode } from "../io/exit-codes.ts";
import { type Io, print } from "../io/io.ts";
import { paintFor } from "../io/paint.ts";
import { seconds } from "../output/time-text.ts";
import { checkTarget, findTarget } from "./target.ts";
import { coverText } from "./text.ts";

export interface AddOptions extends LiveOptions {
  readonly principal?: PrincipalName;
  readonly reason: string;
  readonly owner: string;
  readonly ticket?: string;
  readonly days: number;
  readonly anyVersion?: true;
  readonly yes?: true;
  readonly output: "human" | "json";
}

/** Shows what the exemption will cover, asks for confirmation, adds it, and sends the notice. */
export async function runAdd(target: string, options: AddOptions, io: Io): Promise<ExitCode> {
  checkTarget(target);
  return withDeployment(options, io, async (live) => {
    const { ports, environment, operator, words } = live;
    const exempted = await findTarget(target, live);
    const { principal, reason, owner, ticket, days } = options;
    const made = createExemption(
      {
        ...{ account: exempted.account, policy: exempted.policy, reason, owner, days, by: operator.arn },
        ...(principal !== undefined && { principal }),
        ...(ticket !== undefined && { ticket }),
        ...(!options.anyVersion && { documentSha256: exempted.documentSha256 }),
      },
      ports.clock.nowMs(),
    );
    if (made.kind === "refused") {
      throw new UsageError(made.problems.map(({ path, message }) => `--${path} ${message}`).join("; "));
    }
    const { exemption } = made;
    const isJson = options.output === "json";
    // A person who is asked has to see it, even if the result is JSON.
    if (!isJson || !options.yes) {
      await print(isJson ? io.stderr : io.stdout, coverText(exemption, exempted, live, paintFor(io)));
    }
    if (!options.yes && !(await isConfirmed(io, "Exempt it?"))) {
      throw new Failure("not confirmed, so nothing is exempt");
    }
    await addExemption(ports, environment.settings, exemption);
    await print(
      io.stdout,
      isJson
        ? `${printableJson({ schemaVersion: "1", kind: "added", exemption })}\n`
        : [
            `${exemption.id} is in force until ${seconds(exemption.expiresAt)}; a notice went to the alerts topic and the history.`,
            ...nextSteps(exempted, exemption.id).map((next) => `next: ${next}${words}`),
            "",
          ].join("\n"),
    );
    return EXIT.clean;
  });
}

function nextSteps({ finding }: ExemptionTarget, id: string): readonly string[] {
  const isContained = finding?.containment?.steps.some(({ outcome }) => outcome === "done") ?? false;
  const restorable = finding !== undefined && isContained && finding.status !== "restored";
  return [
    ...(restorable ? [`${KMS_GUARD} restore ${finding.id}`] : []),
    `${KMS_GUARD} exempt list`,
    `${KMS_GUARD} exempt remove ${id}`,
  ];
}
