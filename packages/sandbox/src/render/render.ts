import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { GuardConfig } from "@kms-guard/adapters/deployment/config.ts";
import { iamRegionOf } from "@kms-guard/core/aws/partitions.ts";
import { build, type Plugin } from "esbuild";
import type { Region } from "./aws-mocks.ts";
import { type BuildRequest, buildFunction } from "./build-function.ts";
import { AS_SST_DOES } from "./bundle-functions.ts";
import { installPlatform, PLATFORM, ROOT } from "./platform.ts";

/** What a deployment would ask AWS to make. */
export interface Rendered extends Region {
  readonly resources: readonly RenderedResource[];
  /** What `sst deploy` prints at the end. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /**
   * Where the function `<id>Function` lies, bundled, with what SST puts beside it; its handler is in its inputs. It has
   * to run in this folder, like in Lambda, to find what it is linked to.
   */
  readonly bundles: ReadonlyMap<string, string>;
  /** Removes the bundles. */
  close(): Promise<void>;
}

export interface RenderedResource {
  /** Pulumi's, such as `aws:iam/role:Role`. */
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

export interface RenderOptions {
  /** Instead of guard.config.ts. */
  readonly config: GuardConfig;
  readonly stage: string;
  /** The default is `aws`. */
  readonly partition?: string;
  /** What AWS_REGION says: the one of the partition's regions that a guard can be in, by default. */
  readonly region?: string;
  /** Values of `sst secret set`, by name. */
  readonly secrets?: Readonly<Record<string, string>>;
}

/**
 * Runs sst.config.ts with SST's own components under Pulumi's mocks, and answers with every resource and its inputs.
 * References between resources are the names and ARNs that AWS would give in account 111122223333; the letters that SST
 * ends some names with are always the same. Needs no account and no Pulumi; npm once, see `installPlatform`.
 * About 5 seconds. Several may run at once.
 */
export async function renderStacks(options: RenderOptions): Promise<Rendered> {
  await installPlatform();
  const partition = options.partition ?? "aws";
  const region = options.region ?? iamRegionOf(partition);
  const context: Region = { account: "111122223333", partition, region };
  // Below the platform, so that Node finds Pulumi from there.
  const work = await mkdtemp(join(PLATFORM, "render-"));
  const bundles = new Map<string, string>();
  const server = await answerComponents(async (request) => {
    const folder = join(work, "functions", request.functionID);
    bundles.set(request.functionID, folder);
    return { handler: await buildFunction(ROOT, folder, request), out: folder, errors: [], sourcemaps: [] };
  });
  try {
    const program = join(work, "program.mjs");
    await bundleProgram(program, work, options);
    const out = join(work, "rendered.json");
    await runProgram(program, {
      SST_SERVER: server.url,
      AWS_REGION: region,
      ...Object.fromEntries(
        Object.entries(options.secrets ?? {}).map(([name, value]) => [`SST_SECRET_${name}`, value]),
      ),
      KMS_GUARD_RENDER_OUT: out,
      KMS_GUARD_RENDER_REGION: JSON.stringify(context),
    });
    const { resources, outputs } = JSON.parse(await readFile(out, "utf8"));
    return {
      ...context,
      resources,
      outputs,
      bundles,
      close: () => rm(work, { recursive: true, force: true }),
    };
  } catch (cause) {
    await rm(work, { recursive: true, force: true });
    throw cause;
  } finally {
    server.close();
  }
}

/** https://github.com/anomalyco/sst/blob/dev/pkg/project/run.go, and pkg/js/js.go beside it. */
async function bundleProgram(outfile: string, work: string, { config, stage }: RenderOptions): Promise<void> {
  const production = stage === "production";
  const app = {
    ...{ name: "kms-guard", stage, home: "aws", providers: { aws: {} } },
    ...{ removal: production ? "retain" : "remove", protect: production },
  };
  const cli = {
    ...{ command: "deploy", dev: false, state: { version: {} } },
    paths: { home: work, root: ROOT, work, platform: PLATFORM },
  };
  await build({
    entryPoints: [fileURLToPath(new URL("./program.ts", import.meta.url))],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "es2023",
    mainFields: ["module", "main"],
    nodePaths: [join(PLATFORM, "node_modules")],
    external: [
      ...["@pulumi/*", "@pulumiverse/*", "@sst-provider/*", "@aws-sdk/*"],
      ...["undici", "esbuild", "archiver", "glob", "vite"],
    ],
    define: { $app: JSON.stringify(app), $cli: JSON.stringify(cli), $dev: "false" },
    inject: [join(PLATFORM, "src", "shim", "run.js")],
    ...(AS_SST_DOES.banner !== undefined && { banner: AS_SST_DOES.banner }),
    plugins: [globals(), configured(config)],
    logLevel: "silent",
  });
}

/** What SST puts before each file of a project. */
function globals(): Plugin {
  const imports = [
    'import * as aws from "@pulumi/aws";',
    `import * as sst from ${JSON.stringify(join(PLATFORM, "src", "components"))};`,
  ].join("");
  return {
    name: "globals",
    setup({ onLoad }) {
      onLoad({ filter: /[\\/]stacks[\\/][^\\/]+\.ts$/ }, async ({ path }) =>
        path.startsWith(join(ROOT, "stacks"))
          ? { contents: imports + (await readFile(path, "utf8")), loader: "ts" }
          : undefined,
      );
    },
  };
}

/** Another configuration instead of the repository's own. */
function configured(config: GuardConfig): Plugin {
  return {
    name: "configured",
    setup({ onLoad }) {
      onLoad({ filter: /[\\/]guard\.config\.ts$/ }, () => ({
        contents: `export default ${JSON.stringify(config)};`,
        loader: "ts",
      }));
    },
  };
}

function runProgram(program: string, environment: Readonly<Record<string, string>>): Promise<void> {
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const said: Buffer[] = [];
  child.stderr.on("data", (chunk: Buffer) => said.push(chunk));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) return resolve();
      reject(
        new Error(
          `the stacks could not be rendered (exit ${String(code)}):\n${Buffer.concat(said).toString()}`,
        ),
      );
    });
  });
}

/** SST's command-line program, as far as its components call it. */
async function answerComponents(buildOf: (request: BuildRequest) => Promise<unknown>) {
  const answers: Readonly<Record<string, (parameters: BuildRequest) => Promise<unknown>>> = {
    "Runtime.Build": buildOf,
    "Provider.Aws.Bootstrap": async () => ({ asset: "sst-asset", state: "sst-state" }),
  };
  const server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method, params } = JSON.parse(Buffer.concat(chunks).toString());
    const answer = answers[method];
    const reply =
      answer === undefined
        ? { result: null, error: `rpc: can't find method ${method}` }
        : await answer(params[0]).then(
            (result) => ({ result, error: null }),
            (error: unknown) => ({ result: null, error: String(error) }),
          );
    response.end(JSON.stringify(reply));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string")
    throw new Error("no port on 127.0.0.1 to answer SST's components on");
  return { url: `http://127.0.0.1:${address.port}`, close: () => server.close() };
}
