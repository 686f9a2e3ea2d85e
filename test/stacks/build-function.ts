import { createCipheriv } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { build } from "esbuild";

/** What SST's components ask of its command-line program before they make a function of it. */
export interface BuildRequest {
  readonly functionID: string;
  /** `packages/functions/src/guard.handler`, from the root. */
  readonly handler: string;
  readonly links: Readonly<Record<string, unknown>>;
  /** Base64. */
  readonly encryptionKey: string;
}

/** The start of every ES module that SST bundles: what CommonJS dependencies take for granted. */
export const MODULE_BANNER = [
  'import { createRequire as topLevelCreateRequire } from "node:module";',
  "const require = topLevelCreateRequire(import.meta.url);",
  'import { fileURLToPath as topLevelFileUrlToPath, URL as topLevelURL } from "node:url";',
  "const __filename = topLevelFileUrlToPath(import.meta.url);",
  'const __dirname = topLevelFileUrlToPath(new topLevelURL(".", import.meta.url));',
].join("\n");

/**
 * Bundles a function into `folder` with the options that SST uses, and puts what it is linked to beside it, encrypted
 * as SST does. https://github.com/anomalyco/sst/blob/dev/pkg/runtime/node/build.go
 * @throws Error of esbuild, which names file and line.
 */
export async function buildFunction(root: string, folder: string, request: BuildRequest): Promise<string> {
  const { handler, links, encryptionKey } = request;
  const exported = extname(handler);
  await mkdir(folder, { recursive: true });
  await build({
    entryPoints: [join(root, `${handler.slice(0, -exported.length)}.ts`)],
    outfile: join(folder, "bundle.mjs"),
    bundle: true,
    format: "esm",
    platform: "node",
    target: "es2024",
    mainFields: ["module", "main"],
    keepNames: true,
    banner: { js: MODULE_BANNER },
    logLevel: "silent",
  });
  const cipher = createCipheriv("aes-256-gcm", Buffer.from(encryptionKey, "base64"), Buffer.alloc(12));
  const text = Buffer.concat([cipher.update(JSON.stringify(links)), cipher.final(), cipher.getAuthTag()]);
  await writeFile(join(folder, "resource.enc"), text);
  return `bundle${exported}`;
}
