/** Documented limits of the provider: requests per rolling second, and concurrent requests that change data. */
export const PROVIDER_LIMITS = { perSecond: 80, changingAtOnce: 5 } as const;

/** Evenly spaced requests arrive unevenly: at 75 per second, 78 were measured in one rolling second. */
const SAFE_PER_SECOND = 75;

/** One line for each setting that allows all processes together to exceed the provider's limits. */
export function limitWarnings(settings: { SENDSAY_RATE_PER_SECOND: number; SENDSAY_CONCURRENCY: number }): string[] {
  const { SENDSAY_RATE_PER_SECOND: rate, SENDSAY_CONCURRENCY: atOnce } = settings;
  const warnings: string[] = [];
  if (rate > SAFE_PER_SECOND) {
    warnings.push(
      `SENDSAY_RATE_PER_SECOND is ${rate}; Sendsay allows ${PROVIDER_LIMITS.perSecond} requests in any second, and only up to ${SAFE_PER_SECOND} is safe. Use a lower value unless Sendsay has raised your limit`,
    );
  }
  if (atOnce > PROVIDER_LIMITS.changingAtOnce) {
    warnings.push(
      `SENDSAY_CONCURRENCY is ${atOnce}; Sendsay allows ${PROVIDER_LIMITS.changingAtOnce} changing requests at the same time. Use a lower value unless Sendsay has raised your limit`,
    );
  }
  return warnings;
}
