import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDataApp, type DataApp } from './data-app.fixture.ts';

let app: DataApp;

/** Runs for hours: the back references have the engine try every way to split a long text. */
const ENDLESS = String.raw`^(.*)(.*)(.*)(.*)(.*)\1\2\3\4\5y$`;
const TIMEOUT_MS = 300;

beforeAll(async () => {
  app = await createDataApp(`
    create table texts (id int primary key, body text);
    insert into texts select 1, repeat('x', 2999) || 'y'`);
  // The limit of the role, as an operator sets it; the instance's own is seconds.
  await app.project.sql(`alter role authenticated in database "${app.project.target.database}"
    set statement_timeout = '${TIMEOUT_MS}ms'; notify pgrst, 'reload config'`);
});

afterAll(() => app[Symbol.asyncDispose]());

const role = 'authenticated';
const regex = (pattern: string): string =>
  `{ textsCollection(filter: {body: {regex: ${JSON.stringify(pattern)}}}) { edges { cursor } } }`;

describe('an expression that would run for hours ends with the time of its role', () => {
  test.each(['match', 'imatch', 'not.match', 'match(any)'])('%s', async (operator) => {
    const pattern = operator.endsWith('(any)') ? `{"${ENDLESS.replaceAll('\\', '\\\\')}"}` : ENDLESS;
    const url = `/texts?select=id&body=${encodeURIComponent(`${operator}.${pattern}`)}`;
    expect(await app.ask({ url, role })).toMatchObject({ status: 500, json: { code: '57014' } });
    expect(await app.ask({ url: '/texts?select=id', role })).toMatchObject({ status: 200, json: [{ id: 1 }] });
  });

  test('a delete by such a filter deletes nothing', async () => {
    const url = `/texts?body=${encodeURIComponent(`match.${ENDLESS}`)}`;
    expect(await app.ask({ method: 'DELETE', url, role })).toMatchObject({ status: 500, json: { code: '57014' } });
    expect(await app.project.sql('select count(*)::int as rows from texts')).toEqual([{ rows: 1 }]);
  });

  test('in GraphQL', async () => {
    expect((await app.graphql({ query: regex(ENDLESS), role })).json).toMatchObject({
      errors: [{ extensions: { code: '57014' } }],
    });
  });
});

// As a role without the short limit: on a busy machine finding out that it is too large takes longer.
describe('an expression too large to compile is refused', () => {
  test.each([`${'('.repeat(4)}x${'{1,255})'.repeat(4)}`, `${'('.repeat(30_000)}x${')'.repeat(30_000)}`, '(', '[z-a]'])(
    '%#',
    async (pattern) => {
      const reply = await app.ask({
        url: `/texts?body=${encodeURIComponent(`match.${pattern}`)}`,
        role: 'service_role',
      });
      expect(reply.status).toBe(400);
      expect(reply.json).toMatchObject({ code: expect.stringMatching(/^(?:2201B|PGRST100)$/) });
      const { json } = await app.graphql({ query: regex(pattern), role: 'service_role' });
      expect(json).toMatchObject({ errors: [{ extensions: { code: '2201B' } }] });
    },
  );
});
