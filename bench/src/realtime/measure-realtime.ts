import { Client } from 'pg';
import type { Instance } from '../instance/instance.ts';
import { type ChangeRun, changesAt, highestRate, idleLatency } from './measure-changes.ts';
import { broadcastDeliveries, idleSocketsMiB, joinStorm, type StormFigures } from './measure-rooms.ts';

export interface RealtimeFigures {
  readonly idleP95Ms: number;
  /** 500 subscribers in 50 groups, 500 changes a second. */
  readonly groups: ChangeRun;
  /** By the number of groups; none in a quick run. */
  readonly highestRates: readonly { readonly groups: number; readonly perSecond: number }[];
  readonly deliveriesPerSecond: number;
  readonly storm: StormFigures;
  readonly idleSocketsMiB: number;
}

/** The table whose changes are listened to. */
export const CHANGES_SCHEMA = `
  create table if not exists bench_changes (
    id bigint generated always as identity primary key, user_id uuid, sent_at double precision);
  alter table bench_changes enable row level security;
  alter table bench_changes replica identity full;
  create policy own on bench_changes using (user_id = (select auth.uid()));
  alter publication supabase_realtime add table bench_changes`;

/** Clients with websockets: how soon, how many, and what they cost. */
export async function measureRealtime(instance: Instance, { isQuick }: { isQuick: boolean }): Promise<RealtimeFigures> {
  const owner = new Client(instance.login('owner'));
  await owner.connect();
  await owner.query(CHANGES_SCHEMA);
  await owner.end();
  const seconds = isQuick ? 5 : 15;
  // The memory first: what a heap grew to under load it does not give back at once.
  const idleMiB = await idleSocketsMiB(instance);
  const idleP95Ms = await idleLatency(instance, isQuick ? 60 : 200);
  const groups = await changesAt(instance, { groups: 50, perSecond: 500, seconds });
  const highestRates: { groups: number; perSecond: number }[] = [];
  for (const count of isQuick ? [] : [1, 50, 500]) {
    highestRates.push({ groups: count, perSecond: await highestRate(instance, count, 4) });
  }
  return {
    idleP95Ms,
    groups,
    highestRates,
    deliveriesPerSecond: await broadcastDeliveries(instance, isQuick ? 3 : 7),
    storm: await joinStorm(instance),
    idleSocketsMiB: idleMiB,
  };
}
