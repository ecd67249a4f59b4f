import { parseDatabaseUrl } from '@ashlar/postgres';
import { z } from 'zod';
import { dataKeyOf } from './data-keys.ts';
import { type MasterKeys, seal, unseal } from './master-keys.ts';
import type { Stores } from './stores.ts';

/** Where a project lives when it is not on the server of the control database. */
export interface Placement {
  readonly url: string;
  /** Somebody named it over the API: it may lead to no private address an operator did not allow. */
  readonly judged: boolean;
}

type PlacementStores = Pick<Stores, 'projects' | 'secrets'>;

const stored = z.object({ url: z.string(), judged: z.boolean() });

/** Writes where a project lives, sealed with its data key. */
export async function writePlacement(
  { projects, secrets }: PlacementStores,
  masterKeys: MasterKeys,
  ref: string,
  placement: Placement,
): Promise<void> {
  const key = await dataKeyOf(masterKeys, secrets, ref);
  const sealed = seal(key, Buffer.from(JSON.stringify(placement)), contextOf(ref));
  await projects.place(ref, { server: serverOf(placement.url), sealed });
}

/** @returns Null when it lives on the server of the control database. */
export async function readPlacement(
  { projects, secrets }: PlacementStores,
  masterKeys: MasterKeys,
  ref: string,
): Promise<Placement | null> {
  const sealed = await projects.sealedPlacement(ref);
  if (sealed === null) return null;
  const key = await dataKeyOf(masterKeys, secrets, ref);
  return stored.parse(JSON.parse(unseal(key, sealed, contextOf(ref)).toString()));
}

/** The placement of a copy: another database of the same server. */
export function placementOfCopy({ url, judged }: Placement, database: string): Placement {
  const moved = new URL(url);
  moved.pathname = `/${encodeURIComponent(database)}`;
  return { url: moved.href, judged };
}

/** What people may see of it. @throws {AshlarError} `postgres.database_url_invalid`. */
export function serverOf(url: string): string {
  const { host, port, database } = parseDatabaseUrl(url);
  return `${host.includes(':') ? `[${host}]` : host}:${port}/${database}`;
}

const contextOf = (ref: string): string => `placement of ${ref}`;
