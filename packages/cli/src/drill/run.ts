import { randomBytes } from "node:crypto";
import { iamCanary } from "@kms-guard/adapters/drill/iam-canary.ts";
import { findingHistory } from "@kms-guard/adapters/history/alert-history.ts";
import { logsClient } from "@kms-guard/adapters/history/log-events.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import type { Canary } from "@kms-guard/guard/drill/canary.ts";
import { type DrillReport, drill } from "@kms-guard/guard/drill/drill.ts";
import { type Connection, withDeployment } from "../aws/connect.ts";
import { awsFailure } from "../aws/failure.ts";
import type { ConnectionOptions } from "../aws/options.ts";
import { isConfirmed } from "../io/confirm.ts";
import { EXIT, type ExitCode, Failure } from "../io/errors.ts";
import { type Io, note, print } from "../io/io.ts";
import { introText, progressText, resultText } from "./text.ts";

export interface DrillOptions extends ConnectionOptions {
  readonly attach?: true;
  readonly timeout: number;
  readonly yes?: true;
}

/** Asks for confirmation, runs the drill, prints how long the guard took, and removes what it created. */
export function runDrill(options: DrillOptions, io: Io): Promise<ExitCode> {
  return withDeployment(options, io, async (connection) => {
    const { environment, operator, sameOptions } = connection;
    const { mode, account } = environment.settings;
    const canary = iamCanary(operator.access, account, randomBytes(6).toString("hex"));
    const attach = options.attach === true;
    await note(io, introText(connection, canary, attach));
    if (!options.yes && !(await isConfirmed(io, "Start the drill?"))) {
      throw new Failure("not confirmed, so nothing was created");
    }
    const report = await drillFor(connection, canary, { ...options, attach }, io);
    await print(io.stdout, resultText(report, { canary, mode, sameOptions, timeoutS: options.timeout }));
    const { ending, left } = report;
    if (ending.kind === "broke") throw awsFailure(ending.error, options.profile) ?? ending.error;
    return ending.kind === "passed" && left.length === 0 ? EXIT.clean : EXIT.broke;
  });
}

async function drillFor(
  connection: Connection,
  canary: Canary,
  { attach, timeout }: { readonly attach: boolean; readonly timeout: number },
  io: Io,
): Promise<DrillReport> {
  const { ports, environment } = connection;
  const interruption = io.interruption();
  // A closed terminal must not keep the drill from removing what it created.
  const ignore = () => {};
  io.stderr.on("error", ignore);
  try {
    return await drill(
      { canary, findings: ports.findings, clock: ports.clock, publishedAtMs: publishedIn(connection) },
      {
        ...{
          attach,
          account: environment.settings.account.id,
          mode: environment.settings.mode,
          timeoutMs: timeout * 1_000,
        },
        interrupted: interruption.signal,
        onProgress: (progress) =>
          note(io, progressText(progress, canary, timeout, interruption.signal.aborted)).catch(ignore),
      },
    );
  } finally {
    interruption.end();
    io.stderr.off("error", ignore);
  }
}

const HOUR_MS = 3_600_000;

/** When the history says that a finding was published, by the clock of its publisher. */
function publishedIn({
  environment,
  operator,
  ports,
}: Connection): (finding: Finding) => Promise<number | undefined> {
  const connecting = logsClient(operator.access);
  return async ({ id, status }) => {
    const nowMs = ports.clock.nowMs();
    const span = { fromMs: nowMs - HOUR_MS, toMs: nowMs + HOUR_MS };
    for await (const entry of findingHistory(await connecting, environment.historyLogGroup, span, id)) {
      if (entry.kind !== "finding" || entry.finding.status !== status) continue;
      return Date.parse(entry.finding.timing.publishedAt ?? entry.at);
    }
    return undefined;
  };
}
