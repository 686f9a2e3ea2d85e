import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { findMotoServer } from "./find-moto-server.ts";

/** A third-party AWS on this machine: https://docs.getmoto.org/en/latest/docs/server_mode.html */
export interface Moto {
  /** `http://127.0.0.1:43817`: every service's endpoint. */
  readonly endpoint: string;
  /** The account of every resource that is made with any long-term credentials. */
  readonly account: string;
  /** Forgets everything, and asks for no permissions again. */
  reset(): Promise<void>;
  /** From now on, what a caller's policies do not allow is AccessDenied (assumed roles and access keys that moto made). */
  enforcePermissions(): Promise<void>;
  /** From now on, anybody may do anything: how moto starts. */
  allowEverything(): Promise<void>;
  /** Credentials of a session of a role that is there. */
  assumeRole(roleName: string): Promise<RoleCredentials>;
  stop(): Promise<void>;
}

export interface RoleCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

const ACCOUNT = "111122223333";
/** What moto's Python loads before moto: `like_aws.py`. */
const PYTHON = join(import.meta.dirname, "python");

/**
 * Starts a moto server on a free port of the loopback address, with AWS's managed policies in it.
 * One for each test file: it takes about half a second, and permissions are enforced for a whole server.
 * It ends with `stop`, or when this process is gone for whatever reason.
 * @param environment Variables in addition to this process's own.
 */
export async function startMoto(environment: Readonly<Record<string, string>> = {}): Promise<Moto> {
  const server = await findMotoServer();
  // The shell waits for the end of its standard input, which comes even when this process is killed.
  const child = spawn(
    "/bin/sh",
    [
      "-c",
      'exec 3<&0; "$@" 3<&- & moto=$!; (cat <&3 >/dev/null; kill $moto 2>/dev/null) & wait $moto',
      "moto",
      ...server,
      "-H",
      "127.0.0.1",
      "-p",
      "0",
    ],
    {
      stdio: ["pipe", "ignore", "pipe"],
      env: {
        ...{ ...process.env, MOTO_ACCOUNT_ID: ACCOUNT, MOTO_IAM_LOAD_MANAGED_POLICIES: "true" },
        ...environment,
        PYTHONPATH: [environment.PYTHONPATH, PYTHON].filter((path) => path !== undefined).join(delimiter),
      },
    },
  );
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  child.once("exit", () => child.stdin.end());
  const stop = async () => {
    child.stdin.end();
    await ended;
  };

  const endpoint = await announcedEndpoint(child.stderr, child);
  const post = async (path: string, body: string) => {
    const response = await fetch(`${endpoint}/moto-api/${path}`, { method: "POST", body });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`moto answered ${response.status} to POST /moto-api/${path}`);
  };
  const allowEverything = () => post("reset-auth", "inf");
  return {
    endpoint,
    account: ACCOUNT,
    async reset() {
      await allowEverything();
      await post("reset", "");
    },
    enforcePermissions: () => post("reset-auth", "0"),
    allowEverything,
    assumeRole: (roleName) => assumeRole(endpoint, roleName),
    stop,
  };
}

/** The port that the system gave, from moto's ` * Running on http://127.0.0.1:43817`, which it says once it listens. */
function announcedEndpoint(
  output: NodeJS.ReadableStream,
  child: { once(event: "exit" | "error", listener: (reason: unknown) => void): unknown },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    const lines = createInterface({ input: output });
    lines.on("line", (line) => {
      const match = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(line);
      if (match?.[1] !== undefined) resolve(match[1]);
      if (said.length < 40) said.push(line);
    });
    child.once("error", reject);
    child.once("exit", (code) =>
      reject(new Error(`moto ended before it listened (exit ${String(code)}):\n${said.join("\n")}`)),
    );
  });
}

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html, unsigned: moto takes it from anybody. */
async function assumeRole(endpoint: string, roleName: string): Promise<RoleCredentials> {
  const response = await fetch(endpoint, {
    method: "POST",
    headers: {
      authorization: "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20260101/us-east-1/sts/aws4_request",
    },
    body: new URLSearchParams({
      Action: "AssumeRole",
      Version: "2011-06-15",
      RoleArn: `arn:aws:iam::${ACCOUNT}:role/${roleName}`,
      RoleSessionName: "session",
    }),
  });
  const xml = await response.text();
  const field = (name: string) => {
    const value = xml.split(`<${name}>`)[1]?.split(`</${name}>`)[0];
    if (value === undefined) throw new Error(`moto's answer to AssumeRole has no ${name}: ${xml}`);
    return value;
  };
  return {
    accessKeyId: field("AccessKeyId"),
    secretAccessKey: field("SecretAccessKey"),
    sessionToken: field("SessionToken"),
  };
}
