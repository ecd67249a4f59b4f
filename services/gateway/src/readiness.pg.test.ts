import { createTestProject } from '@ashlar/testing';
import { expect, test } from 'vitest';
import { createReadiness } from './readiness.ts';
import { testProject, testProjects } from './project.fixture.ts';

test('an instance is ready when the default project answers a query', async () => {
  await using stored = await createTestProject();
  const project = { ...testProject(), database: stored.database };
  const readiness = createReadiness(testProjects([project]), undefined, Date.now);
  expect(await readiness()).toBeNull();
});

test('an instance without its default project is not ready', async () => {
  const readiness = createReadiness(testProjects([]), undefined, Date.now);
  expect(await readiness()).toBe('The database does not answer');
});

test('probes within a second share one question', async () => {
  let asked = 0;
  let clock = 0;
  const readiness = createReadiness(
    testProjects([]),
    async () => {
      asked += 1;
    },
    () => clock,
  );
  await Promise.all([readiness(), readiness()]);
  clock = 999;
  await readiness();
  expect(asked).toBe(1);
  clock = 1000;
  await readiness();
  expect(asked).toBe(2);
});
