import { canMeasureMemory, memoryGrowth, type RunningServer, startServer } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';

const MIB = 2 ** 20;
const ROWS = 50_000;
/** Beside what the body itself takes: garbage not collected yet. */
const SLACK_MIB = 32;
const STREAMED_ROWS = 100_000;
/** Rows pass through in pages, and what they leave behind is collected on the way, late on a busy machine; gathered they took over 100. */
const STREAM_BOUND_MIB = 64;

let server: RunningServer;

beforeAll(async () => {
  server = await startServer({ environment: { ASHLAR_REST_MAX_ROWS: '0' } });
  await server.sql(`
    create table bulk (id int, content text);
    create table many as select g as id, repeat(md5(g::text), 8) as content from generate_series(1, ${STREAMED_ROWS}) g;
    grant all on bulk, many to service_role`);
  // The first requests grow the process once and for all.
  for (let request = 0; request < 200; request += 1) await ask('/bulk?select=id&limit=1');
});

afterAll(() => server[Symbol.asyncDispose]());

async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { apikey: server.serviceRoleKey, 'content-type': 'application/json' };
  return fetch(`${server.url}/rest/v1${path}`, { ...init, headers });
}

test.runIf(canMeasureMemory)(
  `${STREAMED_ROWS} rows pass through without being gathered`,
  { timeout: 60_000 },
  async () => {
    let sizeBytes = 0;
    const grownMiB = await memoryGrowth(server.pid, async () => {
      const { body } = await ask('/many');
      for await (const chunk of body ?? []) sizeBytes += chunk.length;
    });
    expect(sizeBytes / MIB).toBeGreaterThan(20);
    expect(grownMiB).toBeLessThan(STREAM_BOUND_MIB);
  },
);

test.runIf(canMeasureMemory)('a large insert costs its body twice at most', { timeout: 60_000 }, async () => {
  const content = 'x'.repeat(1000);
  const body = JSON.stringify(Array.from({ length: ROWS }, (_, id) => ({ id, content })));
  const grownMiB = await memoryGrowth(server.pid, async () => {
    const reply = await ask('/bulk', { method: 'POST', body });
    expect(reply.status).toBe(201);
    await reply.text();
  });
  expect(grownMiB).toBeLessThan((2 * body.length) / MIB + SLACK_MIB);
  expect(await server.sql('select count(*)::int as rows from bulk')).toEqual([{ rows: ROWS }]);
});
