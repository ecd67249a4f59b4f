import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { type RunningServer, startServer } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';

const MIB = 2 ** 20;
const ROWS = 50_000;
/** Beside what the body itself takes: garbage not collected yet. */
const SLACK_MIB = 32;
const STREAMED_ROWS = 100_000;
/** Rows pass through in pages, and what they leave behind is collected on the way, late on a busy machine; gathered they took over 100. */
const STREAM_BOUND_MIB = 64;

// Linux alone tells a process's peak and lets it be forgotten.
const measurable = existsSync('/proc/self/clear_refs');

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

/** MiB of memory by which the server grew at most while the work was done. */
async function growthOf(work: () => Promise<void>): Promise<number> {
  await writeFile(`/proc/${server.pid}/clear_refs`, '5');
  const before = await memory('VmRSS');
  await work();
  return (await memory('VmHWM')) - before;
}

async function memory(field: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${server.pid}/status`, 'utf8');
  return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024;
}

test.runIf(measurable)(`${STREAMED_ROWS} rows pass through without being gathered`, { timeout: 60_000 }, async () => {
  let sizeBytes = 0;
  const grownMiB = await growthOf(async () => {
    const { body } = await ask('/many');
    for await (const chunk of body ?? []) sizeBytes += chunk.length;
  });
  expect(sizeBytes / MIB).toBeGreaterThan(20);
  expect(grownMiB).toBeLessThan(STREAM_BOUND_MIB);
});

test.runIf(measurable)('a large insert costs its body twice at most', { timeout: 60_000 }, async () => {
  const content = 'x'.repeat(1000);
  const body = JSON.stringify(Array.from({ length: ROWS }, (_, id) => ({ id, content })));
  const grownMiB = await growthOf(async () => {
    const reply = await ask('/bulk', { method: 'POST', body });
    expect(reply.status).toBe(201);
    await reply.text();
  });
  expect(grownMiB).toBeLessThan((2 * body.length) / MIB + SLACK_MIB);
  expect(await server.sql('select count(*)::int as rows from bulk')).toEqual([{ rows: ROWS }]);
});
