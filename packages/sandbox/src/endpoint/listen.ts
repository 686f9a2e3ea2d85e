import { createServer, type RequestListener } from "node:http";

/** A port that is taken at once, and answers from when there is something to answer. */
export interface Listening {
  readonly endpoint: string;
  answerWith(listener: RequestListener): void;
  close(): void;
}

/**
 * Listens on the loopback address alone. Until `answerWith`, callers get 503, which SDKs take for "try again".
 * @param port 0 takes one that is free.
 * @throws Error that says what to do where the port is taken.
 */
export async function listen(port: number): Promise<Listening> {
  let listener: RequestListener = (request, response) => {
    request.resume();
    response.writeHead(503, { "retry-after": "1" }).end();
  };
  const server = createServer((request, response) => listener(request, response));
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const fix = "end what listens there, or take another one with `--port` (0: any that is free)";
      reject(error.code === "EADDRINUSE" ? new Error(`port ${port} of 127.0.0.1 is taken: ${fix}`) : error);
    });
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the endpoint has no port");
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    answerWith(given) {
      listener = given;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
