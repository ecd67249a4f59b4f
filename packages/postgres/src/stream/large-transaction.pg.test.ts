import { setImmediate as nextTurn } from 'node:timers/promises';
import { createTestProject, heldBytes, proofSize } from '@ashlar/testing';
import { expect, test } from 'vitest';
import type { LogAttachment } from './log-consumer.ts';
import { createLogStream } from './log-stream.ts';

const ROWS = proofSize('stream', { short: 200_000, full: 1_000_000 });
const ROW_BYTES = 500;
/** Memory is read after a collection, or the figure would tell how lazy the collector was; one in so many batches, since it takes time. */
const BATCHES_PER_READING = 50;
/** Far below what the rows weigh. */
const MAX_GROWTH_BYTES = 32 * 1024 * 1024;

test('a transaction of any size passes through in the memory of its parts', { timeout: 600_000 }, async () => {
  await using project = await createTestProject();
  await project.sql(`
    create table public.many (id int, text text);
    create table public.after (id int);
    alter publication supabase_realtime add table public.many, public.after`);
  await using closing = new AsyncDisposableStack();
  const stream = createLogStream({
    project: project.ref,
    access: project.cluster.admin(project.target.database),
    observe: () => undefined,
  });
  closing.defer(() => stream.close());

  let rows = 0;
  let sum = 0;
  let batches = 0;
  let peakBytes = 0;
  const started = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const attachment: LogAttachment = stream.attach({
    name: 'counter',
    isDurable: true,
    onStart: () => started.resolve(),
    async onBatch({ changes, endLsn }) {
      for (const change of changes) {
        if (change.kind !== 'insert') continue;
        if (change.relation.name === 'after') ended.resolve();
        else {
          rows += 1;
          sum += Number(change.row[0]);
        }
      }
      if (batches++ % BATCHES_PER_READING === 0) peakBytes = Math.max(peakBytes, heldBytes());
      await nextTurn();
      if (endLsn !== null) attachment.acknowledge(endLsn);
    },
  });
  await started.promise;
  const bytesBefore = heldBytes();
  await project.sql(`insert into many select n, repeat('x', ${ROW_BYTES}) from generate_series(1, ${ROWS}) n`);
  await project.sql('set synchronous_commit = on');
  await project.sql('insert into after values (1)');
  await ended.promise;
  expect(rows).toBe(ROWS);
  expect(sum).toBe((ROWS * (ROWS + 1)) / 2);
  expect(peakBytes - bytesBefore).toBeLessThan(MAX_GROWTH_BYTES);
});
