import type { Call, Statement } from '@ashlar/postgres';
import type { Project } from '@ashlar/service';
import { slotsOf } from '../parse/query-string.ts';
import type { CompiledStatement } from '../sql/compile.ts';
import { identifier } from '../sql/identifier.ts';
import { valuesOf } from '../sql/sql-writer.ts';
import type { Incoming } from './incoming.ts';

/** Gives compiled statements the values of one request. */
export function statementFiller({ parameters, payload }: Incoming): (statement: CompiledStatement) => Statement {
  const slots = slotsOf(parameters);
  return ({ text, bindings }) => ({ text, values: valuesOf(bindings, slots, payload?.content ?? null) });
}

/** The project's pre-request function, called with the settings in place. */
export function beforeOf({ settings: { rest } }: Project): Pick<Call, 'before'> {
  if (rest.preRequest === null) return {};
  const name = rest.preRequest.split('.').map(identifier).join('.');
  return { before: { text: `SELECT ${name}()`, values: [] } };
}
