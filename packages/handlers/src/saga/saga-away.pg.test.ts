import { randomUUID } from 'node:crypto';
import { createSessions } from '@ashlar/postgres';
import type { Job, JobRun, Projects } from '@ashlar/service';
import { freePort, testProjectSettings } from '@ashlar/testing';
import { ignoreObservations } from '@ashlar/telemetry';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSagaStand, registry, type SagaStand } from './saga-stand.fixture.ts';
import { SAGA_TASK, sagaTask } from './saga-task.ts';

let stand: SagaStand;
beforeAll(async () => {
  stand = await createSagaStand();
});
afterAll(() => stand?.[Symbol.asyncDispose]());

test('a saga whose database is away for all attempts of its job is looked at again later', async () => {
  const sessions = createSessions({ observe: ignoreObservations });
  const { target, ref } = stand.project.test;
  const database = sessions.project({ ...target, host: '127.0.0.1', port: await freePort() });
  const keys = { jwtSecret: '', anonKey: '', serviceRoleKey: '', publishableKeys: [], secretKeys: [] };
  const away = {
    ref,
    version: 1,
    keys: { ...keys, signingKey: null, verifyKeys: [] },
    database,
    settings: testProjectSettings(),
  };
  const projects: Projects = { peek: () => away, wake: async () => away };
  const left: Job[] = [];
  const jobs = { add: async (added: readonly Job[]) => void left.push(...added) };
  const now = new Date('2026-03-10T12:00:00Z');
  const { useCases } = stand.project;
  const task = sagaTask({ registry, useCases, projects, jobs, observe: ignoreObservations, now: () => now });
  const run: JobRun = {
    id: randomUUID(),
    project: ref,
    authority: 'service_role',
    schedule: null,
    attempt: 11,
    maxAttempts: 12,
    signal: new AbortController().signal,
    progress: () => undefined,
    step: (_name, part) => part(),
  };
  const saga = randomUUID();
  await expect(task.run({ saga }, run)).rejects.toThrow();
  // Its job comes back by itself.
  expect(left).toEqual([]);
  await expect(task.run({ saga }, { ...run, attempt: 12 })).rejects.toThrow();
  expect(left).toMatchObject([{ task: SAGA_TASK, payload: { saga }, runAt: new Date('2026-03-10T12:05:00Z') }]);
  await sessions.close();
});
