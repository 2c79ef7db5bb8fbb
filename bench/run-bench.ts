/** Steps that remove what a bench has started; they run in reverse order. */
export type TidySteps = (() => Promise<unknown>)[];

/** Runs a bench, and removes its parts at its end and on an interrupt. The exit code is 1 when it gives false. */
export async function runBench(bench: (tidy: TidySteps) => Promise<boolean>): Promise<void> {
  const tidy: TidySteps = [];
  let tidied: Promise<void> | undefined;
  // Runs once, for the first caller: an interrupted bench fails while its parts are being removed.
  const tidyUp = (): Promise<void> => {
    tidied ??= (async () => {
      for (const step of tidy.splice(0).reverse()) await step().catch(() => undefined);
    })();
    return tidied;
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => tidyUp().finally(() => process.exit(130)));
  }
  try {
    process.exitCode = (await bench(tidy)) ? 0 : 1;
  } finally {
    await tidyUp();
  }
}
