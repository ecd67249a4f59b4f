import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { makeInstanceFolder, type RunningServer, startServer } from '@ashlar/testing';
import { expect, test } from 'vitest';

const DOCUMENT = '{ notesCollection { edges { node { id } } } }';
const sha256Hash = createHash('sha256').update(DOCUMENT).digest('hex');
const extensions = { persistedQuery: { version: 1, sha256Hash } };

test('a persisted operation is known after a restart', { timeout: 120_000 }, async () => {
  const dataDir = await makeInstanceFolder();
  try {
    const first = await startServer({ dataDir });
    await first.sql('create table notes (id int primary key); insert into notes values (1)');
    expect(await send(first, first.publishableKey, {})).toMatchObject({
      errors: [{ message: 'PersistedQueryNotFound' }],
    });
    const answer = await send(first, first.secretKey, { query: DOCUMENT });
    expect(answer).toEqual({ data: { notesCollection: { edges: [{ node: { id: 1 } }] } } });
    // It is kept beside the answer, not before it.
    await expect
      .poll(() => first.sql('select ashlar.find_operation(decode($1, $2)) as document', [sha256Hash, 'hex']))
      .toEqual([{ document: DOCUMENT }]);
    await first.stop();
    const second = await startServer({ dataDir });
    expect(await send(second, second.publishableKey, {})).toEqual(answer);
    await second.stop();
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
});

async function send({ url }: RunningServer, apikey: string, body: object): Promise<unknown> {
  const response = await fetch(`${url}/graphql/v1`, {
    method: 'POST',
    headers: { apikey, 'content-type': 'application/json' },
    body: JSON.stringify({ ...body, extensions }),
  });
  return response.json();
}
