export type { LogEntry, LogLevel } from './describe-observation.ts';
export { describeObservation } from './describe-observation.ts';
export { createLogger, wantsColour } from './logger.ts';
export type { Logger, LoggerOptions } from './logger.ts';
export { ignoreObservations } from './observation.ts';
export type { Observation, Observe } from './observation.ts';
export { continueTrace, formatTraceparent } from './trace-context.ts';
export type { TraceContext } from './trace-context.ts';
