import type { Response } from 'express';
import type { TraceStep } from '../trace.ts';

/** Notes the step of a request, for what is told of it later. */
export function keepStep(res: Response, step: TraceStep): void {
  res.locals['step'] = step;
}

/** The step of a request, for `during`; undefined before it has begun. */
export function stepOf(res: Response): TraceStep | undefined {
  return res.locals['step'] as TraceStep | undefined;
}
