import { relationKey, type Snapshot } from '@ashlar/postgres';
import type { ProducedMediaType } from '../parse/media-type.ts';
import type { Resource } from '../parse/resource.ts';

/** What may stand in `Content-Type`; the domain of any type is written with stars. */
const MEDIA_TYPE = /^(?:[a-z0-9][a-z0-9.+-]*\/[a-z0-9][a-z0-9.+-]*|\*\/\*)$/;

/**
 * The media type a function returns: a domain of that name, as in `create domain "text/html" as text`. Functions of one
 * name count where all of them return it.
 */
export function producedBy(snapshot: Snapshot, schema: string, resource: Resource): ProducedMediaType | null {
  if (resource.kind !== 'routine') return null;
  const [first, ...others] = snapshot.routines.get(relationKey(schema, resource.name)) ?? [];
  if (first === undefined || first.result.kind !== 'scalar' || first.result.set) return null;
  const { type } = first.result;
  const isShared = others.every(({ result }) => result.kind === 'scalar' && !result.set && result.type === type);
  const domain = snapshot.types.get(type);
  if (!isShared || domain?.kind !== 'domain' || !MEDIA_TYPE.test(domain.name)) return null;
  return { kind: 'produced', type: domain.name, isBinary: baseOf(snapshot, domain.base) === 'bytea' };
}

function baseOf(snapshot: Snapshot, type: string): string {
  const named = snapshot.types.get(type);
  return named?.kind === 'domain' ? baseOf(snapshot, named.base) : type;
}
