import { type RunningServer, startServer } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Answer, ask, setUp } from './control-client.fixture.ts';

let server: RunningServer;
let owner: Awaited<ReturnType<typeof setUp>>;

beforeAll(async () => {
  server = await startServer({ main: new URL('process/fixtures/serve-with-depot.ts', import.meta.url) });
  owner = await setUp(server);
});
afterAll(() => server?.stop());

const send = (method: string, path = '', body?: unknown): Promise<Answer> =>
  ask(server, method, `/projects/default/suites${path}`, { bearer: owner.bearer, body });

async function parcels(): Promise<string[]> {
  const response = await fetch(`${server.url}/api/v1/depot/parcels?limit=50`, {
    headers: { apikey: server.secretKey },
  });
  // oxlint-disable-next-line typescript/no-explicit-any -- read as loosely as by a client.
  const body: any = await response.json();
  return response.ok ? body.parcels.map(({ code }: { readonly code: string }) => code) : [body.code];
}

test('a suite is given to a project with its demonstration, taken away with its data kept, and then for good', async () => {
  const before = await send('GET');
  expect(before.body).toContainEqual({
    name: 'depot',
    title: { en: 'Depot', ar: 'المستودع' },
    state: 'available',
    added_at: null,
    removed_at: null,
    has_demo: true,
  });
  const asked = { suite: 'depot', with_demo: true };
  expect(await send('POST', '', asked)).toMatchObject({ status: 202, body: { state: 'added', removed_at: null } });
  await expect.poll(parcels, { timeout: 60_000 }).toEqual(['DEMO-1', 'DEMO-2', 'DEMO-3']);
  // The command line sees the same, and fills nothing twice.
  expect(await server.ashlar('suite', 'add', 'depot', '--with-demo')).toMatchObject({ code: 0, stdout: /Filled/ });
  expect(await parcels()).toHaveLength(3);

  expect(await send('DELETE', '/depot')).toMatchObject({ status: 204 });
  expect(await parcels()).toEqual(['common.suite_not_installed']);
  expect((await server.ashlar('suite', 'list')).stdout).toMatch(/depot +removed, data kept/);
  expect(await send('POST', '', { suite: 'depot' })).toMatchObject({ status: 201, body: { state: 'added' } });
  await expect.poll(parcels, { timeout: 30_000 }).toHaveLength(3);

  // With its data go the answers that its commands had: a demonstration begins anew.
  expect(await send('DELETE', '/depot?with_data=true')).toMatchObject({ status: 204 });
  expect((await send('GET')).body).toContainEqual(expect.objectContaining({ name: 'depot', state: 'available' }));
  expect(await server.ashlar('suite', 'add', 'depot', '--with-demo')).toMatchObject({ code: 0 });
  await expect.poll(parcels, { timeout: 30_000 }).toHaveLength(3);

  const { body: entries } = await ask(server, 'GET', `/organisations/${owner.organisation}/audit`, {
    bearer: owner.bearer,
  });
  const actions = entries.map(({ action }: { action: string }) => action);
  expect(actions.filter((action: string) => action.startsWith('suite.'))).toEqual([
    'suite.purge',
    'suite.add',
    'suite.remove',
    'suite.add',
  ]);
});

test.each([
  [404, 'control.suite_unknown', 'POST', '', { suite: 'absent' }],
  [404, 'control.suite_unknown', 'DELETE', '/absent', undefined],
  [400, 'control.input_wrong', 'POST', '', { suite: 'depot', demo: true }],
  [400, 'control.input_wrong', 'POST', '', {}],
  [400, 'control.input_wrong', 'DELETE', '/depot?with_data=perhaps', undefined],
])('what cannot be added or taken away is answered with %i %s', async (status, code, method, path, body) => {
  expect(await send(method, path, body)).toMatchObject({ status, body: { code } });
});
