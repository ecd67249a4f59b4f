import { clusterErrors } from './cluster-errors.ts';

const REF = /^[a-z][a-z0-9-]{0,29}$/;

/**
 * Refs that would collide: `<ref>_owner` with the owner role of a service or suite, `project_<ref>` or a path with
 * a part of the platform. Those that exist and those on the map.
 */
const RESERVED: ReadonlySet<string> = new Set(
  [
    'ashlar instance platform events postgres supabase dashboard anon authenticated service',
    'gateway identity auth data rest graphql realtime storage functions scheduler',
    'webhooks notifications search engine registry control',
    'product inventory order billing pos project catalog credit repair blog customer',
  ].flatMap((line) => line.split(' ')),
);

export function isProjectRef(ref: string): boolean {
  return REF.test(ref) && !RESERVED.has(ref);
}

/** @throws `postgres.project_ref_invalid` saying which rule the ref breaks. */
export function assertProjectRef(ref: string): void {
  if (!REF.test(ref)) throw clusterErrors.projectRefInvalid({ ref, reason: `it does not match ${REF.source}` });
  if (RESERVED.has(ref)) throw clusterErrors.projectRefInvalid({ ref, reason: 'the platform uses this name' });
}

export function projectDatabaseName(ref: string): string {
  return `project_${ref}`;
}
