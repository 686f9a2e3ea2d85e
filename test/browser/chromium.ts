import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";

/** Debian's. */
export const CHROMIUM = "/usr/bin/chromium";

const FLAGS = [
  ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];

/** A browser that knows nothing, and all that a page did in it. */
export interface FreshBrowser {
  readonly page: Page;
  /** Every address that was asked for. */
  readonly asked: readonly string[];
  /** Dialogs, uncaught errors and whatever the console was told, a refusal by the content security policy too. */
  readonly said: readonly string[];
  close(): Promise<void>;
}

export async function freshBrowser(
  appearance: Pick<Parameters<typeof chromium.launchPersistentContext>[1] & {}, "colorScheme" | "viewport">,
): Promise<FreshBrowser> {
  const folder = await mkdtemp(join(tmpdir(), "kms-guard-browser-"));
  const context: BrowserContext = await chromium.launchPersistentContext(folder, {
    executablePath: CHROMIUM,
    headless: true,
    args: FLAGS,
    ...appearance,
  });
  context.setDefaultTimeout(240_000);
  const page = context.pages()[0] ?? (await context.newPage());
  const [asked, said]: [string[], string[]] = [[], []];
  page.on("request", (request) => asked.push(request.url()));
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(error.message));
  page.on("dialog", (dialog) => {
    said.push(dialog.message());
    void dialog.dismiss();
  });
  return {
    ...{ page, asked, said },
    async close() {
      await context.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
