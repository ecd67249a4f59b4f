import { closest, relationKey, type Routine, type Snapshot } from '@ashlar/postgres';
import type { Payload } from '../parse/body.ts';
import { RestError, type RestErrorParts } from '../rest-error.ts';

const SIMILAR_FUNCTION = 0.75;
const SIMILAR_PARAMETERS = 0.33;

/** A function, and whether it takes the body whole into its one unnamed parameter. */
export interface ResolvedRoutine {
  readonly routine: Routine;
  readonly wholeBody: boolean;
}

/**
 * Chooses among overloads by the set of argument names.
 *
 * @param body Null for a call by GET.
 * @throws PGRST202 for none, PGRST203 for several.
 */
export function resolveRoutine(
  snapshot: Snapshot,
  schema: string,
  name: string,
  argumentNames: ReadonlySet<string>,
  body: Payload | null,
): ResolvedRoutine {
  const overloads = snapshot.routines.get(relationKey(schema, name)) ?? [];
  const named = body?.kind === 'raw' ? [] : overloads.filter((routine) => accepts(routine, argumentNames));
  const [only] = named;
  if (named.length > 1) throw routineAmbiguous(named);
  if (only !== undefined) return { routine: only, wholeBody: false };
  const types = body === null ? [] : body.kind === 'json' ? ['json', 'jsonb'] : [body.type];
  const unnamed = overloads.filter((routine) => takesWholeBody(routine, types));
  const [single] = unnamed;
  if (unnamed.length > 1) throw routineAmbiguous(unnamed);
  if (single !== undefined) return { routine: single, wholeBody: true };
  throw routineUnknown(snapshot, schema, name, [...argumentNames].toSorted(), body);
}

function accepts({ parameters }: Routine, given: ReadonlySet<string>): boolean {
  let known = 0;
  for (const parameter of parameters) {
    if (parameter.name !== '' && given.has(parameter.name)) known += 1;
    else if (parameter.required) return false;
  }
  return known === given.size;
}

function takesWholeBody({ parameters }: Routine, types: readonly string[]): boolean {
  const [only] = parameters;
  return parameters.length === 1 && only !== undefined && only.name === '' && types.includes(only.type);
}

function routineAmbiguous(candidates: readonly Routine[]): RestError {
  const signatures = candidates.map(({ schema, name, parameters }) => {
    const list = parameters.map((parameter) => `${parameter.name} => ${parameter.type}`).join(', ');
    return `${schema}.${name}(${list})`;
  });
  return new RestError({
    status: 300,
    code: 'PGRST203',
    message: `Could not choose the best candidate function between: ${signatures.join(', ')}`,
    hint: 'Try renaming the parameters or the function itself in the database so function overloading can be resolved',
  });
}

function routineUnknown(
  snapshot: Snapshot,
  schema: string,
  name: string,
  names: readonly string[],
  body: Payload | null,
): RestError {
  const list = names.join(', ');
  const signature = body?.kind === 'raw' ? '' : names.length === 0 ? ' without parameters' : `(${list})`;
  const searched = names.length === 0 ? ' without parameters' : ` with parameter${names.length > 1 ? 's' : ''} ${list}`;
  const details =
    body?.kind === 'raw'
      ? ` with a single unnamed ${body.type} parameter`
      : `${searched}${body === null ? '' : ' or with a single unnamed json/jsonb parameter'}`;
  return new RestError({
    status: 404,
    code: 'PGRST202',
    message: `Could not find the function ${schema}.${name}${signature} in the schema cache`,
    details: `Searched for the function ${schema}.${name}${details}, but no matches were found in the schema cache.`,
    ...similarRoutine(snapshot, schema, name, list),
  });
}

function similarRoutine(
  snapshot: Snapshot,
  schema: string,
  name: string,
  list: string,
): Pick<RestErrorParts, 'hint' | 'suggests'> {
  const overloads = snapshot.routines.get(relationKey(schema, name));
  if (overloads === undefined) {
    const names = [...snapshot.routines.values()].flatMap(([first]) => (first?.schema === schema ? [first.name] : []));
    const similar = closest(name, names, SIMILAR_FUNCTION);
    if (similar === null) return {};
    return {
      hint: `Perhaps you meant to call the function ${schema}.${similar}`,
      suggests: { kind: 'routine', schema, name: similar },
    };
  }
  const lists = overloads.map(({ parameters }) =>
    parameters
      .map((parameter) => parameter.name)
      .toSorted()
      .join(', '),
  );
  const similar = closest(list, lists, SIMILAR_PARAMETERS);
  if (similar === null) return {};
  return {
    hint: `Perhaps you meant to call the function ${schema}.${name}(${similar})`,
    suggests: { kind: 'routine', schema, name },
  };
}
