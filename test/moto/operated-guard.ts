import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { awsClients } from "@kms-guard/adapters/aws-clients.ts";
import { awsPorts } from "@kms-guard/adapters/aws-ports.ts";
import type { GuardEnvironment } from "@kms-guard/adapters/deployment/environment.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { handleEvent } from "@kms-guard/guard/handle-event.ts";
import type { Ports } from "@kms-guard/guard/ports.ts";
import type { Moto } from "@kms-guard/sandbox/moto/moto.ts";
import { awsProxy } from "@kms-guard/testing/fakes/aws-proxy.ts";
import { TestClock } from "@kms-guard/testing/fakes/test-clock.ts";
import { type MemoryIo, memoryIo } from "../../packages/cli/src/io/memory-io.fixture.ts";
import { run } from "../../packages/cli/src/program.ts";
import { deployGuard } from "./deployed-guard.ts";
import { createHistory, envelope, writeLog } from "./history-log.ts";

type Credentials = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
};
type Proxy = Awaited<ReturnType<typeof awsProxy>>;

const ADMIN = { accessKeyId: "AKIAADMIN", secretAccessKey: "invented" };

/** A guard in enforce mode in moto, with its history, and somebody at a terminal who runs kms-guard. */
export class OperatedGuard {
  readonly clock: TestClock;
  readonly environment: GuardEnvironment;
  readonly #moto: Moto;
  readonly #proxies: Proxy[] = [];

  private constructor(moto: Moto, clock: TestClock, environment: GuardEnvironment) {
    this.#moto = moto;
    this.clock = clock;
    this.environment = environment;
  }

  /**
   * In an account that is empty otherwise; this process's environment points to it from now on. Its clock starts at
   * the real time, because moto's log events go by that.
   */
  static async deploy(moto: Moto): Promise<OperatedGuard> {
    await moto.reset();
    for (const name of ["AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"]) delete process.env[name];
    process.env.AWS_CONFIG_FILE = "/nonexistent/config";
    process.env.AWS_SHARED_CREDENTIALS_FILE = "/nonexistent/credentials";
    process.env.AWS_EC2_METADATA_DISABLED = "true";
    process.env.AWS_ENDPOINT_URL = moto.endpoint;
    actAs(ADMIN);
    const environment = await deployGuard("prod");
    await createHistory(moto.endpoint, environment.historyLogGroup);
    return new OperatedGuard(moto, new TestClock(new Date().toISOString()), environment);
  }

  get ports(): Ports {
    return awsPorts(this.environment, { access: { region: "us-east-1" }, clock: this.clock });
  }

  /** A finding as the guard would have left it in the table, at times of its own. */
  async records(finding: Finding): Promise<void> {
    await this.ports.findings.open({ ...finding, status: "open" }, []);
    await this.ports.findings.close(finding);
  }

  /** An item of the table as another version could have written it. */
  async writesItem(texts: Readonly<Record<string, string>>): Promise<void> {
    const Item = Object.fromEntries(Object.entries(texts).map(([name, S]) => [name, { S }]));
    const client = await awsClients({ region: "us-east-1" }).dynamoDb();
    await client.send(new PutItemCommand({ TableName: this.environment.tableName, Item }));
  }

  /** Findings as the history has them, whatever the table does. */
  async told(...findings: readonly Finding[]): Promise<void> {
    const now = new Date(this.clock.nowMs()).toISOString();
    await writeLog(
      this.#moto.endpoint,
      this.environment.historyLogGroup,
      findings.map((finding) => ({
        at: now,
        message: envelope(
          "KMS Guard Finding",
          finding.timing.publishedAt ?? finding.timing.receivedAt,
          finding,
        ),
      })),
    );
  }

  /** What the guard makes of an event: its one finding. */
  async handles(event: unknown): Promise<Finding> {
    const { findings } = await handleEvent(this.ports, this.environment.settings)(event);
    const [finding] = findings;
    if (finding === undefined || findings.length > 1) throw new Error(`${findings.length} findings, not 1`);
    return finding;
  }

  /** Runs the command as this process; `answer` is what a person at a terminal types. */
  async run(args: readonly string[], answer?: string): Promise<MemoryIo & { code: number }> {
    const isTTY = answer !== undefined;
    const io = memoryIo({
      env: process.env,
      clock: this.clock,
      isTTY: { stdin: isTTY, stdout: false, stderr: isTTY },
      ...(answer !== undefined && { stdin: [Buffer.from(answer)] }),
    });
    return Object.assign(io, { code: await run(args, io) });
  }

  /** From now on the calls that `refuse` has an answer to are refused. */
  async refusing(refuse: Parameters<typeof awsProxy>[1]): Promise<Proxy> {
    const proxy = await awsProxy(this.#moto.endpoint, refuse);
    this.#proxies.push(proxy);
    process.env.AWS_ENDPOINT_URL = proxy.endpoint;
    return proxy;
  }

  async close(): Promise<void> {
    await Promise.all(this.#proxies.splice(0).map((proxy) => proxy.close()));
  }
}

/** From here on this process is somebody else. */
export function actAs({ accessKeyId, secretAccessKey, sessionToken }: Credentials): void {
  process.env.AWS_ACCESS_KEY_ID = accessKeyId;
  process.env.AWS_SECRET_ACCESS_KEY = secretAccessKey;
  if (sessionToken === undefined) delete process.env.AWS_SESSION_TOKEN;
  else process.env.AWS_SESSION_TOKEN = sessionToken;
}
