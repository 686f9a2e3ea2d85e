/**
 * Bundles the command into packages/cli/dist, which is what its tarball has beside the launcher: the program, AWS's
 * SDK in chunks that only live commands load, and the licenses of what is in them.
 */
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const DIST = join(ROOT, "packages/cli/dist");

await rm(DIST, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: ROOT,
  entryPoints: ["packages/cli/src/main.ts", "packages/cli/src/node-20.ts"],
  outdir: DIST,
  outExtension: { ".js": ".mjs" },
  chunkNames: "chunks/[name]-[hash]",
  bundle: true,
  splitting: true,
  platform: "node",
  format: "esm",
  target: "node20.19",
  mainFields: ["module", "main"],
  keepNames: true,
  minify: true,
  // What is CommonJS inside asks for Node's modules by `require`.
  banner: {
    js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
  },
  metafile: true,
  logLevel: "warning",
});
await writeFile(join(DIST, "THIRD-PARTY-NOTICES.txt"), await notices(Object.keys(metafile.inputs)));

/** The license texts of the packages that the bundle's inputs come from, each text once. */
async function notices(inputs: readonly string[]): Promise<string> {
  const folders = new Set(inputs.flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input) ?? []));
  const packagesOf = new Map<string, string[]>();
  for (const folder of [...folders].sort()) {
    const manifest: { name: string; version: string; license: string } = JSON.parse(
      await readFile(join(ROOT, folder, "package.json"), "utf8"),
    );
    const files = (await readdir(join(ROOT, folder)))
      .filter((name) => /^(licen[cs]e|notice)/i.test(name))
      .sort();
    const texts = await Promise.all(files.map((name) => readFile(join(ROOT, folder, name), "utf8")));
    const text = texts.map((one) => one.trim()).join("\n\n") || `License: ${manifest.license}`;
    packagesOf.set(text, [...(packagesOf.get(text) ?? []), `${manifest.name} ${manifest.version}`]);
  }
  const sections = [...packagesOf].map(([text, packages]) => `${packages.join("\n")}\n\n${text}\n`);
  return ["kms-guard contains these packages:\n", ...sections].join(`\n${"-".repeat(72)}\n\n`);
}
