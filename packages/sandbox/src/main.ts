import { parseArgs } from "node:util";
import { memberOf } from "@kms-guard/core/events/cloudtrail-record.ts";
import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import type { Delivery } from "./deliveries/deliveries.ts";
import { startSandbox } from "./sandbox.ts";
import { openUi } from "./ui/ui.ts";

const USAGE = `npm run sandbox -- [--port 4566] [--mode monitor|enforce] [--output human|jsonl] [--ui]

A guarded AWS account on this machine. Point any AWS client at it:
  aws --endpoint-url http://127.0.0.1:4566 iam create-policy …
  AWS_ENDPOINT_URL=http://127.0.0.1:4566 ${KMS_GUARD} history

  --port    of 127.0.0.1, 4566 by default; 0 takes one that is free
  --mode    monitor (alerts) or enforce (also contains full grants); monitor by default
  --output  human, or jsonl: one object a line on stdout
  --ui      a page that shows the account and what happens, on the next port
  --help    this text
`;

const WRONG_USAGE = 3;

interface Options {
  readonly port: number;
  readonly mode: "monitor" | "enforce";
  readonly output: "human" | "jsonl";
  readonly ui: boolean;
}

function readOptions(): Options | "help" {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "4566" },
      mode: { type: "string", default: "monitor" },
      output: { type: "string", default: "human" },
      ui: { type: "boolean", default: false },
      help: { type: "boolean", default: false, short: "h" },
    },
  });
  const { port, mode, output, ui, help } = values;
  if (help) return "help";
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) throw wrong("port", port, "a port from 0 to 65535");
  if (mode !== "monitor" && mode !== "enforce") throw wrong("mode", mode, "monitor or enforce");
  if (output !== "human" && output !== "jsonl") throw wrong("output", output, "human or jsonl");
  return { port: Number(port), mode, output, ui };
}

function wrong(option: string, value: string, expected: string): Error {
  return new Error(`\`--${option} ${value}\`: ${expected} was expected`);
}

function human({ channel, finding, notice, subject, text }: Delivery): string {
  const content = finding ?? notice;
  const word = (name: string) => String(memberOf(content, name) ?? "");
  const heading = [channel, word("severity"), word("status"), word("id")]
    .filter((part) => part !== "")
    .join("  ");
  // The history's text is the event itself: its title says enough.
  const lines =
    channel === "history"
      ? [word("title")]
      : [...(subject === undefined ? [] : [subject, ""]), ...text.split("\n")];
  return `── ${heading}\n${lines.map((line) => `   ${line}`.trimEnd()).join("\n")}\n`;
}

async function main(): Promise<void> {
  let options: ReturnType<typeof readOptions>;
  try {
    options = readOptions();
  } catch (error) {
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exitCode = WRONG_USAGE;
    return;
  }
  if (options === "help") {
    process.stdout.write(USAGE);
    return;
  }
  const { port, mode, output } = options;
  const say = (text: string) => process.stderr.write(`sandbox: ${text}\n`);
  const ui = options.ui
    ? await openUi(port === 0 ? 0 : (port + 1) % 65_536, (error) => say(String(error)))
    : undefined;
  const print = (value: object, text: string) =>
    process.stdout.write(output === "jsonl" ? `${JSON.stringify(value)}\n` : text);

  const starting = startSandbox({
    ...{ port, mode },
    onCall: (call, calledAtMs) => ui?.onCall(call, calledAtMs),
    onDelivery(delivery) {
      ui?.onDelivery(delivery);
      print(delivery, human(delivery));
    },
    say,
  });
  endWith(async () => {
    ui?.close();
    await (await starting).stop();
  });
  const { endpoint, account } = await starting;
  ui?.show({ endpoint, account, mode });
  if (ui !== undefined) say(`the page is at ${ui.url}`);
  print(
    { ready: true, endpoint, account },
    `account ${account} at ${endpoint}, guarded in ${mode} mode; end it with Ctrl+C\n\n` +
      `  aws --endpoint-url ${endpoint} iam list-policies --scope Local\n` +
      `  AWS_ENDPOINT_URL=${endpoint} ${KMS_GUARD} history\n\n`,
  );
}

/** Ends on the first signal, or when the npm that started it is gone. */
function endWith(stop: () => Promise<void>): void {
  let isEnding = false;
  const end = () => {
    if (isEnding) return;
    isEnding = true;
    stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, end);
  process.stdout.on("error", end);
  // npm, which runs this instead of its shell, passes every signal on but the one that leaves it no time to.
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event !== undefined) {
    setInterval(() => process.ppid !== parent && end(), 500).unref();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
