import type { IncomingHttpHeaders } from 'node:http';
import type { LocalSettings, Routine, Snapshot } from '@ashlar/postgres';
import type { Caller, RestSettings } from '@ashlar/service';
import { formatTraceparent, type TraceContext } from '@ashlar/telemetry';
import { identifier } from '../sql/identifier.ts';

/** Function settings that must hold for the whole statement, not only inside the function. */
const HOISTED_SETTINGS: ReadonlySet<string> = new Set(['statement_timeout', 'plan_filter.statement_cost_limit']);
/** What a request decides itself; a role's own setting must not undo it. */
const RESERVED_SETTINGS: ReadonlySet<string> = new Set(['role', 'search_path', 'default_transaction_isolation']);

export interface RequestFacts {
  readonly caller: Caller;
  readonly method: string;
  /** Below the service's prefix: `/todos`. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly trace: TraceContext;
}

/** What SQL may read of the request: PostgREST's `request.*` settings, and its place in a trace. */
export function requestSettings(facts: RequestFacts, fixed: LocalSettings): LocalSettings {
  const { caller, method, path, headers, trace } = facts;
  return [
    ...fixed,
    ['request.jwt.claims', caller.claimsJson],
    ['request.method', method],
    ['request.path', path],
    ['request.headers', headersJson(headers)],
    ['request.cookies', headers.cookie === undefined ? '{}' : cookiesJson(headers.cookie)],
    // Events carry it on: what they cause belongs to the trace of this request.
    ['request.traceparent', formatTraceparent(trace)],
  ];
}

/** The part that is the same for all requests of a role and shape. */
export function fixedSettings(
  snapshot: Snapshot,
  role: string,
  schema: string,
  rest: RestSettings,
  timezone: string | null,
  routine: Routine | null,
): LocalSettings {
  const searchPath = [schema, ...rest.extraSearchPath].map(identifier).join(', ');
  const ofRole = (snapshot.roleSettings.get(role) ?? []).filter(
    ([name]) => !RESERVED_SETTINGS.has(name.toLowerCase()) && !name.startsWith('pgrst.'),
  );
  const ofRoutine = (routine?.settings ?? []).filter(([name]) => HOISTED_SETTINGS.has(name.toLowerCase()));
  return [
    ...ofRole,
    ...ofRoutine,
    ['search_path', searchPath],
    ...(timezone === null ? [] : [['timezone', timezone] as const]),
  ];
}

/** The isolation a function or else the role asks for; PostgreSQL's default is null. */
export function isolationOf(
  snapshot: Snapshot,
  role: string,
  routine: Routine | null,
): 'repeatable read' | 'serializable' | null {
  const settings = [...(snapshot.roleSettings.get(role) ?? []), ...(routine?.settings ?? [])];
  const asked = settings.findLast(([name]) => name.toLowerCase() === 'default_transaction_isolation')?.[1];
  return asked === 'repeatable read' || asked === 'serializable' ? asked : null;
}

/** All headers but the cookies, which have a setting of their own. */
function headersJson(headers: IncomingHttpHeaders): string {
  return JSON.stringify(headers.cookie === undefined ? headers : { ...headers, cookie: undefined });
}

function cookiesJson(header: string): string {
  const cookies = header.split(';').flatMap((pair): [string, string][] => {
    const equals = pair.indexOf('=');
    return equals === -1 ? [] : [[pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()]];
  });
  return JSON.stringify(Object.fromEntries(cookies));
}
