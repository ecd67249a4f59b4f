import type { ProjectDatabase } from '@ashlar/postgres';
import { asCaller, asService, type Visit } from '../adapters/database.ts';

export interface BucketUsage {
  readonly bucket_id: string;
  readonly objects: number;
  readonly bytes: number;
  readonly quota_bytes: number | null;
}

/** What every bucket holds. Counted past policies, so PostgreSQL lets only roles read it that are past them too. */
export function readUsage(visit: Visit): Promise<BucketUsage[]> {
  return asCaller<BucketUsage>(visit, {
    operation: 'storage.usage',
    text: 'select row_to_json(u) from storage.usage() u',
    values: [],
    readOnly: true,
  });
}

/** Adds up what changes have noted, so that reading the sum stays cheap. */
export async function addUpUsage(database: ProjectDatabase): Promise<void> {
  await asService(database, 'select to_json(storage.service_add_up_usage() is null)', [], true);
}
