/**
 * A task that is woken: it runs once at a time, and once more where it was woken in the meantime.
 * @param onError Called where a run fails; the next waking runs it again.
 */
export function whenWoken(run: () => Promise<void>, onError: (error: unknown) => void): () => void {
  let isRunning = false;
  let isWanted = false;

  async function runWhileWanted(): Promise<void> {
    while (isWanted) {
      isWanted = false;
      await run().catch(onError);
    }
    isRunning = false;
  }

  return () => {
    isWanted = true;
    if (isRunning) return;
    isRunning = true;
    void runWhileWanted();
  };
}
