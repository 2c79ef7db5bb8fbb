import { codesThatStop, type ObstacleCode } from './obstacle.ts';

/** What ends a copy that has not left yet, as it ends the letter or gives it to a person. */
const ENDS_COPY: ReadonlySet<ObstacleCode> = new Set([
  'revoked',
  'erased',
  'batch-cancelled',
  'excluded',
  'excluded-elsewhere',
  'expelled',
  'consent-withdrawn',
]);

export const endsCopy = (code: ObstacleCode): boolean => ENDS_COPY.has(code);

/** What keeps a copy waiting until it has ended. */
export const KEEPS_COPY: readonly ObstacleCode[] = codesThatStop('send').filter((code) => !endsCopy(code));
