import type { LogEntry } from './describe-observation.ts';

/**
 * One object on one line, for machines: level and time (ISO 8601, UTC), the fact's own members, the sentence. Facts are
 * flat and their errors plain by now, so a single native call writes all of it, into one flat string; put together
 * member by member, the line of each request costs a tenth of the request itself.
 */
export function jsonLine({ level, message, fields }: LogEntry, at: Date): string {
  return `${JSON.stringify({ level, time: at.toISOString(), ...fields, msg: message })}\n`;
}
