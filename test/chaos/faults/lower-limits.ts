import { duringBatch, type Trial } from './trial.ts';

const LIMITS = ['--rate', '5', '--concurrency', '3'];

/** A service accepts far fewer calls a second than Gramota is set to make, and counts the refused ones too. */
export const lowerLimits: Trial[] = [
  lower('LMS', {
    size: 200,
    lmsOptions: LIMITS,
    settings: { LMS_RATE_PER_SECOND: '100', LMS_CONCURRENCY: '20', SENDSAY_RATE_PER_SECOND: '75' },
  }),
  lower('Sendsay', {
    size: 200,
    sendsayOptions: LIMITS,
    settings: { SENDSAY_RATE_PER_SECOND: '75', SENDSAY_CONCURRENCY: '5' },
  }),
];

function lower(service: string, options: Parameters<typeof duringBatch>[1]): Trial {
  return {
    name: `${service} allows 5 calls a second where many more are set`,
    lacks: () => null,
    run: () =>
      duringBatch(`lower-limits-of-${service.toLowerCase()}`, options, async (product, notes) => {
        notes.push(`refused so far: ${await product.logged(/answered 429|rate_limit/)}`);
      }),
  };
}
