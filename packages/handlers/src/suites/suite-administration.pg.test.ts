import { AshlarError, defineSuite } from '@ashlar/kernel';
import { createSuiteProject } from '@ashlar/testing';
import { expect, test } from 'vitest';
import { depot, listParcels, storeParcel } from '../depot.fixture.ts';
import { yard } from '../yard.fixture.ts';
import { addSuite, listSuites, refreshSuites, removeSuite } from './suite-administration.ts';

test('a suite is added, removed with its data kept, and added again', async () => {
  await using other = await createSuiteProject({ suites: [depot] });
  const administration = { host: other.test.cluster, observe: () => undefined };
  const parcels = async () => (await other.call(listParcels, {})).parcels;
  const { id } = await other.call(storeParcel, { code: 'P-1', weight: '500' });
  await removeSuite(administration, other.test.ref, depot, { withData: false });
  expect(await listSuites(administration, other.test.ref)).toMatchObject([
    { name: 'depot', removedAt: expect.any(Date) },
  ]);
  await expect(other.call(listParcels, {})).rejects.toMatchObject({ code: 'common.suite_not_installed' });
  await addSuite(administration, other.test.ref, depot);
  // A login that was refused is tried again after a pause, and not for every caller.
  await expect.poll(parcels).toMatchObject([{ id }]);
  await removeSuite(administration, other.test.ref, depot, { withData: true });
  expect(await other.test.sql(`select from pg_namespace where nspname = 'depot'`)).toEqual([]);
  await addSuite(administration, other.test.ref, depot);
  await expect.poll(parcels).toEqual([]);
});

test('waking a project works on a suite only when its declaration has changed', async () => {
  await using other = await createSuiteProject({ suites: [depot] });
  const administration = { host: other.test.cluster, observe: () => undefined };
  const title = async () =>
    (await other.test.sql<{ title: string }>(`select title from auth.permissions where key = 'depot.read'`))[0]?.title;
  await other.test.sql(`update auth.permissions set title = 'Mine' where key = 'depot.read'`);
  await refreshSuites(administration, other.test.ref, [depot, yard]);
  expect(await title()).toBe('Mine');
  const changed = defineSuite({ ...depot, permissions: { ...depot.permissions, 'depot.read': 'Look at parcels' } });
  await refreshSuites(administration, other.test.ref, [changed, yard]);
  expect(await title()).toBe('Look at parcels');
  expect((await listSuites(administration, other.test.ref)).map(({ name }) => name)).toEqual(['depot']);
  // On another server its login may be missing, whatever the database says.
  await other.test.cluster.dismissSuite(other.test.ref, 'depot');
  await refreshSuites(administration, other.test.ref, [changed]);
  await expect.poll(async () => (await other.call(listParcels, {})).parcels).toEqual([]);
});

test('contracts that are refused keep a suite out, and are told of one that is there', async () => {
  await using other = await createSuiteProject({ suites: [depot] });
  const { cluster: host, ref } = other.test;
  const observed: unknown[] = [];
  const refusal = new AshlarError({ code: 'registry.incompatible', kind: 'conflict', message: 'promised otherwise' });
  const administration = {
    host,
    observe: (observation: unknown) => void observed.push(observation),
    registerContracts: async (client: { query: (sql: string) => Promise<unknown> }) => {
      await client.query('create table public.half_done (id int)');
      throw refusal;
    },
  };
  await expect(addSuite(administration, ref, yard)).rejects.toBe(refusal);
  expect((await listSuites(administration, ref)).map(({ name }) => name)).toEqual(['depot']);
  await refreshSuites(administration, ref, [defineSuite({ ...depot, roles: [] })]);
  const told = { kind: 'suite.contracts-refused', project: ref, suite: 'depot', error: refusal };
  expect(observed.filter((one) => (one as { kind: string }).kind === told.kind)).toEqual([told]);
  expect(await other.test.sql(`select to_regclass('public.half_done') as made`)).toEqual([{ made: null }]);
  const { fingerprint } = (await listSuites(administration, ref))[0] ?? {};
  await refreshSuites(administration, ref, [defineSuite({ ...depot, roles: [] })]);
  expect((await listSuites(administration, ref))[0]?.fingerprint).toBe(fingerprint);
});
