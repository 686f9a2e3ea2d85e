/** That somebody wants the command to end. */
export interface Interruption {
  /** Aborted by the first SIGINT, SIGTERM or SIGHUP, which do not end the process then; the second one does. */
  readonly signal: AbortSignal;
  /** From here on the signals do what they always do. */
  end(): void;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Takes the process's signals until `end`. */
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
