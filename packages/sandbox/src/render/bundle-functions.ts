import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build } from "esbuild";

/** What SST does to a Lambda on Node: its pkg/runtime/node/build.go with `minify` and `splitting`. */
export const AS_SST_DOES: BuildOptions = {
  bundle: true,
  platform: "node",
  format: "esm",
  target: "esnext",
  mainFields: ["module", "main"],
  keepNames: true,
  minify: true,
  splitting: true,
  outExtension: { ".js": ".mjs" },
  banner: {
    js: [
      "import { createRequire as topLevelCreateRequire } from 'module';",
      "const require = topLevelCreateRequire(import.meta.url);",
      'import { fileURLToPath as topLevelFileUrlToPath, URL as topLevelURL } from "url"',
      "const __filename = topLevelFileUrlToPath(import.meta.url)",
      'const __dirname = topLevelFileUrlToPath(new topLevelURL(".", import.meta.url))',
    ].join("\n"),
  },
  logLevel: "silent",
};

/** A function as it is deployed. */
export interface FunctionBundle {
  /** The file that exports `handler`; the chunks that it loads later lie beside it. */
  readonly file: string;
  /** Of all its files, minified, not zipped. */
  readonly bytes: number;
  /** Of these, what is written in this repository. */
  readonly ownBytes: number;
}

/** Where the source of a Lambda is. */
export function functionSource(name: "guard" | "sweep" | "notify-slack" | "notify-amazon-q"): string {
  return fileURLToPath(new URL(`../../../functions/src/${name}.ts`, import.meta.url));
}

/**
 * Bundles one entry point into a folder, as a deployment does: the SDK is in the bundle, and split off, so that an
 * event that needs no call never parses it.
 */
export async function bundleFunction(
  source: string,
  folder: string,
  options: Pick<BuildOptions, "splitting" | "minify" | "entryNames"> = {},
): Promise<FunctionBundle> {
  const { metafile } = await build({
    ...AS_SST_DOES,
    ...options,
    entryPoints: [source],
    outdir: folder,
    metafile: true,
  });
  const outputs = Object.values(metafile.outputs);
  const own = outputs
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([input]) => !input.includes("node_modules/"));
  return {
    file: join(folder, basename(source).replace(/\.ts$/, ".mjs")),
    bytes: outputs.reduce((sum, output) => sum + output.bytes, 0),
    ownBytes: own.reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0),
  };
}
