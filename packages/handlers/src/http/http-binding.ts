import { type AnyUseCase, type HttpMethod, must, type Suite } from '@ashlar/kernel';
import { type JsonSchema, wireSchema } from '../input/wire-schema.ts';

/** Where a use case answers over HTTP, and which members of its input travel where. */
export interface HttpBinding {
  readonly useCase: AnyUseCase;
  readonly method: HttpMethod;
  /** `/parcels/:parcelId/release`. */
  readonly path: string;
  readonly pathMembers: readonly string[];
  /** Whether the rest is in the query of the address (GET, DELETE) or in a JSON body. */
  readonly rest: 'query' | 'body';
  readonly input: JsonSchema;
}

const ROUTE = /^(GET|POST|PUT|PATCH|DELETE) (\/\S*)$/;

/** @throws {Error} When a use case's route cannot be. */
export function httpBindings({ name: suite, useCases }: Suite): readonly HttpBinding[] {
  const bindings = useCases.flatMap((useCase): HttpBinding[] => {
    const { name, on, kind } = useCase;
    if (on.http === undefined || on.http === false) return [];
    const [, method = '', path = ''] = must(ROUTE.exec(on.http), `a route such as POST /parcels for ${name}`);
    // A question may be more than an address holds; what a GET asks for changes nothing.
    if (kind === 'query' ? method !== 'GET' && method !== 'POST' : method === 'GET') {
      throw new Error(`${name}: queries answer to GET or POST and commands to anything but GET, got ${on.http}`);
    }
    const input = wireSchema(useCase.input);
    const pathMembers = [...path.matchAll(/:(\w+)/g)].map(([, member = '']) => member);
    const missing = pathMembers.find((member) => input.properties?.[member] === undefined);
    if (missing !== undefined) throw new Error(`${name}: its input has no member ${missing}, which ${path} names`);
    const rest = method === 'GET' || method === 'DELETE' ? 'query' : 'body';
    // The expression above admits the five methods alone.
    return [{ useCase, method: method as HttpMethod, path, pathMembers, rest, input }];
  });
  const routes = bindings.map(({ method, path }) => `${method} ${path.replaceAll(/:\w+/g, ':')}`);
  const repeated = routes.find((route, index) => routes.indexOf(route) !== index);
  if (repeated !== undefined) throw new Error(`Suite ${suite} has two use cases at ${repeated}`);
  return bindings;
}
