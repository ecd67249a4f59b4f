import type { RestSettings } from '@ashlar/service';
import type { Preferences } from '../parse/prefer.ts';
import type { QueryPlan } from '../plan/query-plan.ts';
import type { Method } from './incoming.ts';

interface Applied {
  readonly method: Method;
  readonly plan: QueryPlan | null;
  readonly rest: RestSettings;
  readonly isRoutine: boolean;
}

/** The `Preference-Applied` header: what was asked for and honoured, in PostgREST's order. */
export function appliedPreferences(
  preferences: Preferences,
  { method, plan, rest, isRoutine }: Applied,
): Readonly<Record<string, string>> {
  const { resolution, missing, count, tx, handling, timezone, maxAffected } = preferences;
  const isWrite = !isRoutine && method !== 'GET' && method !== 'HEAD';
  const inserts = isWrite && (method === 'POST' || method === 'PUT');
  const upserts = plan?.action?.kind === 'insert' && plan.action.conflict !== null && method === 'POST';
  const bounded =
    handling === 'strict' && maxAffected !== null && (isRoutine || method === 'PATCH' || method === 'DELETE');
  const applied = [
    resolution !== null && upserts ? `resolution=${resolution}` : null,
    missing !== null && inserts ? `missing=${missing}` : null,
    preferences.return !== null && isWrite ? `return=${preferences.return}` : null,
    count === null ? null : `count=${count}`,
    tx !== null && rest.transactionEnd.endsWith('-allow-override') ? `tx=${tx}` : null,
    handling === null ? null : `handling=${handling}`,
    timezone === null ? null : `timezone=${timezone}`,
    bounded ? `max-affected=${maxAffected}` : null,
  ].filter((preference) => preference !== null);
  return applied.length === 0 ? {} : { 'preference-applied': applied.join(', ') };
}
