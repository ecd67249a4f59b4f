import { expect, test } from 'vitest';
import { createTestProject } from './test-project.ts';

test('a test project is a migrated database with logins of its own', async () => {
  await using project = await createTestProject();
  const [row] = await project.sql(`SELECT current_database() AS database, to_regclass('events.log') AS log`);
  expect(row).toEqual({ database: `project_${project.ref}`, log: 'events.log' });
  const owner = await project.database.transaction({ login: 'owner', role: 'postgres' }, async (tx) => {
    const { rows } = await tx.query('SELECT session_user, current_user');
    return rows[0];
  });
  expect(owner).toEqual({ session_user: `${project.ref}_owner`, current_user: 'postgres' });
});

test('two test projects do not see each other', async () => {
  await using one = await createTestProject();
  await using other = await createTestProject();
  await one.sql('CREATE TABLE public.mine (id int)');
  const [row] = await other.sql(`SELECT to_regclass('public.mine') AS found`);
  expect(row).toEqual({ found: null });
});
