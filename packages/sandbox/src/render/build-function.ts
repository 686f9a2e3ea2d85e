import { createCipheriv } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { bundleFunction } from "./bundle-functions.ts";

/** What SST's components ask of its command-line program before they make a function of it. */
export interface BuildRequest {
  readonly functionID: string;
  /** `packages/functions/src/guard.handler`, from the root. */
  readonly handler: string;
  readonly properties: { readonly minify?: boolean; readonly splitting?: boolean };
  readonly links: Readonly<Record<string, unknown>>;
  /** Base64. */
  readonly encryptionKey: string;
}

/**
 * Bundles a function into `folder` as SST does, and puts what it is linked to beside it, encrypted as SST does.
 * @returns the handler, as Lambda has to call it.
 * @throws Error of esbuild, which names file and line.
 */
export async function buildFunction(root: string, folder: string, request: BuildRequest): Promise<string> {
  const { handler, properties, links, encryptionKey } = request;
  const exported = extname(handler);
  await bundleFunction(join(root, `${handler.slice(0, -exported.length)}.ts`), folder, {
    minify: properties.minify === true,
    splitting: properties.splitting === true,
    entryNames: "bundle",
  });
  const cipher = createCipheriv("aes-256-gcm", Buffer.from(encryptionKey, "base64"), Buffer.alloc(12));
  const text = Buffer.concat([cipher.update(JSON.stringify(links)), cipher.final(), cipher.getAuthTag()]);
  await writeFile(join(folder, "resource.enc"), text);
  return `bundle${exported}`;
}
