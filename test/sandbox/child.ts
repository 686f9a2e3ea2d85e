import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { memberOf } from "@kms-guard/core/events/cloudtrail-record.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import type { Delivery } from "@kms-guard/sandbox/deliveries/deliveries.ts";

/** A delivery of a finding, as the sandbox prints it. */
export interface Delivered extends Pick<Delivery, "channel" | "subject" | "text"> {
  readonly finding: Finding;
}

/** A sandbox in a process of its own, as a user starts it. */
export interface SandboxChild {
  readonly endpoint: string;
  /** Everything that was delivered so far. */
  readonly delivered: readonly Delivered[];
  /** What it said on stderr so far. */
  said(): string;
  /** The first delivery, past or to come, that is as wanted. */
  delivery(isWanted: (delivery: Delivered) => boolean): Promise<Delivered>;
  /** Ends it by a signal, and waits until it has; answers with its exit code. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

const MAIN = fileURLToPath(new URL("../../packages/sandbox/src/main.ts", import.meta.url));

/** Starts a sandbox on a free port, and waits until it is ready. */
export async function startSandboxChild(
  mode: "monitor" | "enforce",
  onDelivery: (delivery: Delivered) => void = () => {},
  moreArgs: readonly string[] = [],
): Promise<SandboxChild> {
  const args = [MAIN, "--port", "0", "--mode", mode, "--output", "jsonl", ...moreArgs];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  const delivered: Delivered[] = [];
  const waiting = new Set<(delivery: Delivered) => void>();
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const closed = new Promise<number | null>((resolve) => child.once("close", resolve));

  const endpoint = await new Promise<string>((resolve, reject) => {
    closed.then((code) => reject(new Error(`the sandbox ended (exit ${String(code)}):\n${said}`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const printed: unknown = JSON.parse(line);
      if (memberOf(printed, "ready") === true) return resolve(String(memberOf(printed, "endpoint")));
      if (!isDelivered(printed)) return;
      delivered.push(printed);
      onDelivery(printed);
      for (const listener of [...waiting]) listener(printed);
    });
  });
  return {
    endpoint,
    delivered,
    said: () => said,
    delivery(isWanted) {
      const past = delivered.find(isWanted);
      if (past !== undefined) return Promise.resolve(past);
      return new Promise((resolve) => {
        const listener = (delivery: Delivered) => {
          if (!isWanted(delivery)) return;
          waiting.delete(listener);
          resolve(delivery);
        };
        waiting.add(listener);
      });
    },
    end(signal) {
      child.kill(signal);
      return closed;
    },
  };
}

function isDelivered(printed: unknown): printed is Delivered {
  return memberOf(printed, "channel") !== undefined && memberOf(printed, "finding") !== undefined;
}
