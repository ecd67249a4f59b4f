import type { Instance } from '../instance/instance.ts';
import { benchUser } from '../load/bench-user.ts';
import { httpLoad, type LoadRequest } from '../load/http-load.ts';
import { requireSameJson } from '../load/same-json.ts';
import type { Effort } from './compare-scenario.ts';
import { interleave } from './interleave.ts';

/** Answers per second. */
export interface GraphqlFigures {
  readonly rest: number;
  readonly graphql: number;
}

const CONNECTIONS = 32;
const REST_PATH = '/rest/v1/bench_todos?select=id,title,done,list:bench_lists(id,name)&order=id.desc&limit=25';
const QUERY = `{
  bench_todosCollection(first: 25, orderBy: [{ id: DescNullsLast }]) {
    edges { node { id title done list { id name } } }
  }
}`;

/** The same 25 rows with one embedded relation, asked for in both languages. */
export async function measureGraphql(instance: Instance, effort: Effort): Promise<GraphqlFigures> {
  const { anonKey, jwtSecret } = instance.keys.keys;
  const headers = { apikey: anonKey, authorization: `Bearer ${benchUser(0, jwtSecret).token}` };
  const rest: LoadRequest = { method: 'GET', path: REST_PATH, headers };
  const graphql: LoadRequest = {
    method: 'POST',
    path: '/graphql/v1',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ query: QUERY }),
  };
  await requireSameJson('GraphQL', instance.url, rest, graphql, nodesOf);
  const load = async (request: LoadRequest): Promise<number> => {
    const { perSecond, failures } = await httpLoad({
      url: instance.url,
      requests: [request],
      connections: CONNECTIONS,
      seconds: effort.secondsPerRun,
    });
    if (failures > 0) throw new Error(`${request.path}: ${failures} requests failed`);
    return perSecond;
  };
  return interleave(effort.rounds, { rest: () => load(rest), graphql: () => load(graphql) });
}

function nodesOf(answer: unknown): unknown {
  // The shape the query asks for; another one fails the comparison that follows.
  const { data } = answer as { readonly data?: { readonly bench_todosCollection?: { readonly edges?: unknown } } };
  const edges = data?.bench_todosCollection?.edges;
  return Array.isArray(edges) ? edges.map((edge: { readonly node?: unknown }) => edge.node) : answer;
}
