import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { RequestListener, ServerResponse } from "node:http";
import type { Feed } from "./feed.ts";

const PAGE = new URL("page.html", import.meta.url);
/** Comment lines keep proxies and browsers from giving the connection up. */
const ALIVE_MS = 15_000;

/**
 * Answers `/` with the page and `/events` with the feed, and nobody who calls this machine by another name: a site
 * elsewhere could give its name this address, and read along.
 */
export function pageServer(feed: Feed): RequestListener {
  const page = readFileSync(PAGE, "utf8");
  const headers = {
    "content-security-policy": contentSecurityPolicy(page),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
  };
  return (request, response) => {
    request.resume();
    const host = request.headers.host ?? "";
    if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host)) response.writeHead(403).end();
    else if (request.method !== "GET") response.writeHead(405).end();
    else if (request.url === "/events") sendFeed(feed, response);
    else if (request.url === "/") {
      response.writeHead(200, { ...headers, "content-type": "text/html; charset=utf-8" }).end(page);
    } else response.writeHead(404).end();
  };
}

/** https://html.spec.whatwg.org/multipage/server-sent-events.html */
function sendFeed(feed: Feed, response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  // A browser that reconnects gets everything again.
  response.write("retry: 1000\nevent: start\ndata: {}\n\n");
  const end = feed.follow(({ name, content }) =>
    response.write(`event: ${name}\ndata: ${JSON.stringify(content)}\n\n`),
  );
  const alive = setInterval(() => response.write(":\n\n"), ALIVE_MS);
  response.on("close", () => {
    clearInterval(alive);
    end();
  });
}

/** Only the script and the style in the page, and no connection but to where it came from. */
function contentSecurityPolicy(page: string): string {
  const hashOf = (element: string) => {
    const start = page.indexOf(`<${element}>`) + element.length + 2;
    const content = page.slice(start, page.indexOf(`</${element}>`));
    return `'sha256-${createHash("sha256").update(content).digest("base64")}'`;
  };
  return [
    "default-src 'none'",
    `script-src ${hashOf("script")}`,
    `style-src ${hashOf("style")}`,
    "connect-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}
