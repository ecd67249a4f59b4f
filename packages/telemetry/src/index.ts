export { ignoreObservations } from './observation.ts';
export type { Observation, Observe } from './observation.ts';
export { continueTrace, formatTraceparent } from './trace-context.ts';
export type { TraceContext } from './trace-context.ts';
