import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createSlackDelivery, type SlackMessage } from "./slack-delivery.ts";

interface Answer {
  readonly status: number;
  readonly body?: string;
  readonly retryAfter?: string;
}

let server: Server;
let webhookUrl: string;
let answers: (Answer | "hang up")[];
let received: unknown[];
let waitsMs: number[];

beforeEach(async () => {
  answers = [];
  received = [];
  waitsMs = [];
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    received.push(JSON.parse(Buffer.concat(chunks).toString()));
    const answer = answers.shift() ?? { status: 200, body: "ok" };
    if (answer === "hang up") {
      request.socket.destroy();
      return;
    }
    const { status, body = "", retryAfter } = answer;
    response.writeHead(status, retryAfter === undefined ? {} : { "retry-after": retryAfter }).end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  webhookUrl = `http://127.0.0.1:${port}/services/T000/B000/secret`;
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
});

const MESSAGE: SlackMessage = {
  text: "CRITICAL",
  blocks: [{ type: "header", text: { type: "plain_text", text: "CRITICAL" } }],
};

function delivery() {
  return createSlackDelivery({
    webhookUrl,
    clock: {
      sleepMs: async (durationMs) => {
        waitsMs.push(durationMs);
      },
    },
  });
}

describe("a message to Slack", () => {
  test("is sent once as it is", async () => {
    await delivery()(MESSAGE);
    expect(received).toEqual([MESSAGE]);
    expect(waitsMs).toEqual([]);
  });

  test("is sent again after as long as Slack says", async () => {
    answers = [{ status: 429, body: "rate_limited", retryAfter: "7" }];
    await delivery()(MESSAGE);
    expect(received).toEqual([MESSAGE, MESSAGE]);
    expect(waitsMs).toEqual([7000]);
  });

  test("is sent again after a second where Slack does not say how long", async () => {
    answers = [{ status: 429, retryAfter: "soon" }];
    await delivery()(MESSAGE);
    expect(waitsMs).toEqual([1000]);
  });

  test("is given back to Lambda where Slack asks for more than 30 s", async () => {
    answers = [{ status: 429, body: "rate_limited", retryAfter: "31" }];
    await expect(delivery()(MESSAGE)).rejects.toThrow("Slack did not take the message: 429 rate_limited");
    expect(received).toHaveLength(1);
  });

  test("is sent again, ever later, after server errors and lost connections", async () => {
    answers = [{ status: 500 }, "hang up", { status: 503 }];
    await delivery()(MESSAGE);
    expect(received).toHaveLength(4);
    expect(waitsMs).toEqual([1000, 2000, 4000]);
  });

  test("is an error after four attempts", async () => {
    answers = Array.from({ length: 5 }, () => ({ status: 503, body: "overloaded" }));
    await expect(delivery()(MESSAGE)).rejects.toThrow("Slack did not take the message: 503 overloaded");
    expect(received).toHaveLength(4);
  });

  test("is not sent again where the webhook is gone, and says how to cure that", async () => {
    answers = [{ status: 404, body: "no_service" }];
    await expect(delivery()(MESSAGE)).rejects.toThrow(
      "404 no_service: the webhook is gone or forbidden; make a new one, `npx sst secret set SlackWebhookUrl <its URL>`",
    );
    expect(received).toHaveLength(1);
  });

  test("goes as text alone where Slack refuses its layout", async () => {
    answers = [{ status: 400, body: "invalid_blocks" }];
    await delivery()(MESSAGE);
    expect(received).toEqual([MESSAGE, { text: "CRITICAL" }]);
  });

  test("is an error where Slack refuses even the text", async () => {
    answers = [{ status: 400, body: "no_text" }];
    await expect(delivery()({ text: "" })).rejects.toThrow("400 no_text: the message itself is refused");
    expect(received).toEqual([{ text: "" }]);
  });
});

describe("the webhook URL is a secret", () => {
  test.each<[string, (Answer | "hang up")[]]>([
    ["refusal", [{ status: 403, body: "action_prohibited" }]],
    ["server error", Array.from({ length: 4 }, () => ({ status: 500 }))],
    ["lost connection", ["hang up", "hang up", "hang up", "hang up"]],
    ["redirect", Array.from({ length: 4 }, () => ({ status: 302 }))],
  ])("and in no error: %s", async (_, given) => {
    answers = given;
    const error = await delivery()(MESSAGE).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    expect(everythingIn(error)).not.toContain("B000");
    expect(everythingIn(error)).not.toContain("T000");
  });

  test("nor in the error of a request that cannot be made", async () => {
    const slack = createSlackDelivery({
      webhookUrl,
      clock: { sleepMs: async () => {} },
      fetch: async (url) => {
        throw new TypeError(`fetch failed: ${url}`);
      },
    });
    const error = await slack(MESSAGE).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ message: "Slack did not take the message: no connection (TypeError)" });
    expect(everythingIn(error)).not.toContain("T000");
  });

  test.each(["hooks.example/T000", "http://hooks.example/T000", "ftp://hooks.example/T000", ""])(
    "that has to be https: %s",
    (url) => {
      const create = () => createSlackDelivery({ webhookUrl: url, clock: { sleepMs: async () => {} } });
      expect(create).toThrow(
        "the Slack webhook URL is not an https URL: `npx sst secret set SlackWebhookUrl",
      );
      expect(create).not.toThrow("T000");
    },
  );

  test("and may be http on this machine only", () => {
    const create = (url: string) => () =>
      createSlackDelivery({ webhookUrl: url, clock: { sleepMs: async () => {} } });
    expect(create("http://127.0.0.1:1/x")).not.toThrow();
    expect(create("http://127.0.0.1.example/x")).toThrow("not an https URL");
  });
});

test("no answer in time is an error that says so", async () => {
  const slack = createSlackDelivery({
    webhookUrl,
    clock: { sleepMs: async () => {} },
    fetch: async () => {
      throw new DOMException("The operation was aborted due to timeout", "TimeoutError");
    },
  });
  await expect(slack(MESSAGE)).rejects.toThrow("Slack did not take the message: no answer in 5 s");
});

/** What any logger could print of an error. */
function everythingIn(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return `${error.message} ${error.stack} ${JSON.stringify(error)} ${everythingIn(error.cause)}`;
}
