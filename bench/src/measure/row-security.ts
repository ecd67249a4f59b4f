import type { Instance } from '../instance/instance.ts';
import { benchUser } from '../load/bench-user.ts';
import { httpLoad } from '../load/http-load.ts';
import { requireSameJson } from '../load/same-json.ts';
import type { Effort } from './compare-scenario.ts';
import { interleave } from './interleave.ts';

export interface RowSecurityFigures {
  /** Pages per second of a user, whom the policy leaves their rows, and of a role no policy applies to. */
  readonly underPolicy: number;
  readonly withoutPolicy: number;
}

const CONNECTIONS = 32;

/** The same page of 25 rows, filtered by its owner, once with row-level security and once past it. */
export async function measureRowSecurity(instance: Instance, effort: Effort): Promise<RowSecurityFigures> {
  const { anonKey, jwtSecret } = instance.keys.keys;
  const user = benchUser(0, jwtSecret);
  const path = `/rest/v1/bench_todos?user_id=eq.${user.id}&order=id.desc&limit=25`;
  const requestOf = (token: string) =>
    ({ method: 'GET', path, headers: { apikey: anonKey, authorization: `Bearer ${token}` } }) as const;
  const bound = requestOf(user.token);
  const free = requestOf(benchUser(0, jwtSecret, 'service_role').token);
  await requireSameJson('the page under row-level security', instance.url, bound, free);
  const load = async (request: typeof bound): Promise<number> =>
    (
      await httpLoad({
        url: instance.url,
        requests: [request],
        connections: CONNECTIONS,
        seconds: effort.secondsPerRun,
      })
    ).perSecond;
  return interleave(effort.rounds, { underPolicy: () => load(bound), withoutPolicy: () => load(free) });
}
