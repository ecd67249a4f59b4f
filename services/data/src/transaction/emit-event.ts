import type { Statement } from '@ashlar/postgres';
import { restErrors } from '../rest-errors.ts';
import { scalarText } from './exact-json.ts';
import type { EventOperation, JobOperation } from './parse-operation.ts';
import { type Resolve, substitute } from './references.ts';

const EMIT = `SELECT json_build_object('id', events.emit($1, $2, $3))`;

const ENQUEUE = `SELECT json_build_object('id', jobs.enqueue($1, $2, $3))`;

/** Adds an event to the log; `events.emit` decides who may emit what. */
export function emitStep({ type, subject, data }: EventOperation, resolve: Resolve): Statement {
  const about = substitute(subject, resolve);
  const text = about === null ? null : scalarText(about);
  if (about !== null && text === null) throw restErrors.badTransaction('"subject" must be a text or a number');
  return { text: EMIT, values: [type, text, JSON.stringify(substitute(data, resolve))] };
}

/** Asks the scheduler for a job; `jobs.enqueue` decides who may ask for what. */
export function enqueueStep({ task, payload, options }: JobOperation, resolve: Resolve): Statement {
  const json = (value: JobOperation['payload']): string => JSON.stringify(substitute(value, resolve));
  return { text: ENQUEUE, values: [task, json(payload), json(options)] };
}
