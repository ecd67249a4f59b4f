import { createTestProject, type TestProject } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inPostgresTransaction } from '../adapters/in-postgres-transaction.ts';
import { controlSchema } from '../control-schema.ts';
import type { InTransaction } from './control-parts.ts';
import { type MasterKey, type MasterKeys, newMasterKey } from './master-keys.ts';
import { openSecrets, rotateMasterKey, setSecret } from './secrets.ts';
import type { Actor } from './authorise.ts';
import type { ControlParts } from './control-parts.ts';

let project: TestProject;
let inTransaction: InTransaction;
const ACCOUNT = '00000000-0000-4000-8000-000000000001';
const author = { kind: 'account', id: ACCOUNT, name: 'ada@example.org', address: null, requestId: null } as const;
const actor: Actor = { accountId: ACCOUNT, email: 'ada@example.org', scopes: null, author };

beforeAll(async () => {
  project = await createTestProject({ owners: [controlSchema] });
  inTransaction = inPostgresTransaction(project.database);
  await project.sql(`
    insert into control.accounts (id, email) values ('${ACCOUNT}', 'ada@example.org');
    insert into control.organisations (id, slug, name) values ('${ACCOUNT}', 'shop', 'Shop');
    insert into control.members (organisation_id, account_id, role) values ('${ACCOUNT}', '${ACCOUNT}', 'owner');
    insert into control.projects (ref, name, organisation_id) values ('shop', 'Shop', '${ACCOUNT}'), ('blog', 'Blog', '${ACCOUNT}');`);
});

afterAll(() => project?.close());

/** The port in memory; `cutOff` ends a rotation after so many writes, as a crash would. */
function keysInMemory(cutOff = Infinity): MasterKeys & { keys: readonly MasterKey[] } {
  let writes = 0;
  return {
    keys: [newMasterKey()],
    async read() {
      return this.keys;
    },
    async replace(_before, after) {
      if (writes >= cutOff) throw new Error('cut off');
      writes += 1;
      this.keys = after;
      return true;
    },
  };
}

// The use cases take of the parts what these tests give them.
const partsOf = (masterKeys: MasterKeys): ControlParts => ({ inTransaction, masterKeys }) as unknown as ControlParts;

test('a secret is kept sealed, read by services and open to no other row', async () => {
  const parts = partsOf(keysInMemory());
  await setSecret(parts, actor, 'shop', { name: 'TOKEN', value: 'one' });
  const replaced = await setSecret(parts, actor, 'shop', { name: 'TOKEN', value: 'two' });
  expect(replaced.version).toBe(2);
  await setSecret(parts, actor, 'shop', { name: 'OTHER', value: 'three' });
  expect(Object.fromEntries(await openSecrets(parts, 'shop'))).toEqual({ OTHER: 'three', TOKEN: 'two' });

  const [row] = await project.sql<{ text: string }>(
    `select string_agg(encode(sealed, 'escape'), ' ') || (select string_agg(detail::text, ' ') from control.audit) as text
       from control.secrets`,
  );
  expect(row?.text).not.toMatch(/one|two|three/);
  await project.sql(`update control.secrets set sealed = (select sealed from control.secrets where name = 'OTHER')
    where name = 'TOKEN'`);
  await expect(openSecrets(parts, 'shop')).rejects.toThrow();
  await project.sql('delete from control.secrets; delete from control.data_keys');
});

test('a rotation of the master key that is cut off anywhere loses nothing', async () => {
  for (const cutOff of [0, 1, 2]) {
    const masterKeys = keysInMemory(cutOff);
    const parts = partsOf(masterKeys);
    const [before] = masterKeys.keys;
    await setSecret(parts, actor, 'shop', { name: 'TOKEN', value: 'kept' });
    await setSecret(parts, actor, 'blog', { name: 'TOKEN', value: 'also' });
    const rotation = rotateMasterKey(parts);
    if (cutOff < 2) await expect(rotation).rejects.toThrow('cut off');
    else expect(await rotation).toBe(2);
    expect((await openSecrets(parts, 'shop')).get('TOKEN')).toBe('kept');
    expect((await openSecrets(parts, 'blog')).get('TOKEN')).toBe('also');

    const again = { ...keysInMemory(), keys: masterKeys.keys };
    await rotateMasterKey(partsOf(again));
    expect(again.keys).toHaveLength(1);
    expect(again.keys[0]?.id).not.toBe(before?.id);
    expect((await openSecrets(partsOf(again), 'shop')).get('TOKEN')).toBe('kept');
    await expect(
      openSecrets(partsOf({ ...again, read: async () => [before ?? newMasterKey()] }), 'shop'),
    ).rejects.toMatchObject({ code: 'control.master_key_missing' });
    await project.sql('delete from control.secrets; delete from control.data_keys');
  }
});

test('nobody changes the audit log, not even the owner of its table', async () => {
  const [before] = await project.sql<{ count: string }>('select count(*) from control.audit');
  expect(Number(before?.count)).toBeGreaterThan(0);
  for (const role of ['control', 'control_owner', 'supabase_admin']) {
    for (const statement of [
      `update control.audit set action = 'nothing'`,
      'delete from control.audit',
      'truncate control.audit',
    ]) {
      await project.sql(`set role ${role}`);
      await expect(project.sql(statement), `${role}: ${statement}`).rejects.toMatchObject({ code: '42501' });
      await project.sql('reset role');
    }
  }
  expect(await project.sql('select count(*) from control.audit')).toEqual([before]);
});
