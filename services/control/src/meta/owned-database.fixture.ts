import type { TestProject } from '@ashlar/testing';
import type { OwnedDatabase } from './owned-database.ts';

export function owned({ database, cluster }: TestProject): OwnedDatabase {
  return { database, ownerRole: cluster.ownerRole };
}
