/**
 * What Lambda's own bootstrap is to a bundle: imports `handler` from the file that is its argument, and answers each
 * event that its parent sends. A handler that throws ends nothing: the error is the answer.
 */
const [file] = process.argv.slice(2);
if (file === undefined || process.send === undefined)
  throw new Error("a bundle and a parent process are needed");

const { handler }: { handler: (event: unknown) => Promise<unknown> } = await import(file);
const send = process.send.bind(process);

process.on("message", async ({ id, event }: { id: number; event: unknown }) => {
  try {
    send({ id, answer: await handler(event) });
  } catch (error) {
    send({ id, error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) });
  }
});
send("ready");
