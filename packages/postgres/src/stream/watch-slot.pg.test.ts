import type { Observation } from '@ashlar/telemetry';
import { createTestProject } from '@ashlar/testing';
import { expect, test } from 'vitest';
import { watchSlot } from './watch-slot.ts';

test('what the server keeps for a slot is reported as it grows, until nobody wants to know', async () => {
  await using project = await createTestProject();
  const slot = `watched_${project.ref.replaceAll('-', '_')}`;
  await project.sql(`select pg_create_logical_replication_slot($1, 'pgoutput')`, [slot]);
  const observed: Observation[] = [];
  const access = project.cluster.admin(project.target.database);
  const stop = watchSlot({
    project: project.ref,
    access,
    slot,
    observe: (one) => observed.push(one),
    measureEveryMs: 20,
  });
  const keptBytes = (): number => {
    const last = observed.at(-1);
    return last?.kind === 'stream.measured' ? last.retainedBytes : 0;
  };
  await expect
    .poll(() => observed, { timeout: 30_000 })
    .toContainEqual({
      kind: 'stream.measured',
      project: project.ref,
      retainedBytes: expect.any(Number),
      walStatus: 'reserved',
    });
  const before = keptBytes();
  await project.sql(`select pg_logical_emit_message(false, 'fill', repeat('x', 100000))`);
  await expect.poll(keptBytes, { timeout: 30_000 }).toBeGreaterThan(before + 100_000);
  stop();
  await project.sql('select pg_drop_replication_slot($1)', [slot]);
});
