/** A request to end the command. */
export interface Interruption {
  /** Aborted by the first SIGINT, SIGTERM or SIGHUP, which does not end the process. The second one does. */
  readonly signal: AbortSignal;
  /** Gives the signals back their usual effect. */
  end(): void;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Handles the process's signals until `end`. */
export function processInterruption(): Interruption {
  const controller = new AbortController();
  const end = () => {
    for (const name of SIGNALS) process.off(name, onSignal);
  };
  const onSignal = () => {
    end();
    controller.abort();
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  return { signal: controller.signal, end };
}
