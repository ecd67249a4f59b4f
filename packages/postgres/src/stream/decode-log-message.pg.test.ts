import { createTestProject, type TestProject } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeLogMessage } from './decode-log-message.ts';
import type { LogMessage } from './log-message.ts';

const SLOT = 'decode_test';

let project: TestProject;
beforeAll(async () => {
  project = await createTestProject();
  await project.sql(`
    create table public.things (id int primary key, name text, note text);
    create table public.whole (id int primary key, name text);
    alter table public.whole replica identity full;
    create publication decode_test for all tables`);
  await project.sql(`select pg_create_logical_replication_slot('${SLOT}', 'pgoutput')`);
});
afterAll(async () => {
  await project.sql(`select pg_drop_replication_slot('${SLOT}')`);
  await project.close();
});

/** What the statements left in the log, without the frames of transactions. */
async function logOf(sql: string): Promise<LogMessage[]> {
  // Tests run with commits that do not wait for the disk, and the log is read as far as it is on disk.
  await project.sql('set synchronous_commit = on');
  await project.sql(sql);
  const rows = await project.sql<{ data: Buffer }>(
    `select data from pg_logical_slot_get_binary_changes('${SLOT}', null, null,
       'proto_version', '1', 'publication_names', 'decode_test', 'messages', 'true')`,
  );
  return rows.map(({ data }) => decodeLogMessage(data, 0));
}

const changes = (messages: readonly LogMessage[]): LogMessage[] =>
  messages.filter(({ kind }) => !['begin', 'commit', 'relation', 'other'].includes(kind));

test('a transaction is framed by begin and commit, which agree on position and time', async () => {
  const before = Date.now();
  const log = await logOf(
    `begin; insert into things values (1, 'a', null); insert into things values (2, 'ب', ''); commit`,
  );
  expect(log.map(({ kind }) => kind)).toEqual(['begin', 'relation', 'insert', 'insert', 'commit']);
  const [begin, relation, first, second, commit] = log;
  if (begin?.kind !== 'begin' || commit?.kind !== 'commit') throw new Error('no frame');
  expect(begin.commitLsn).toBe(commit.commitLsn);
  expect(commit.endLsn).toBeGreaterThan(commit.commitLsn);
  expect(Math.abs(begin.commitAt.getTime() - before)).toBeLessThan(60_000);
  expect(relation).toMatchObject({
    relation: {
      schema: 'public',
      name: 'things',
      identity: 'default',
      columns: [
        { name: 'id', typeOid: 23, isKey: true },
        { name: 'name', typeOid: 25, isKey: false },
        { name: 'note' },
      ],
    },
  });
  expect(first).toMatchObject({ row: ['1', 'a', null] });
  expect(second).toMatchObject({ row: ['2', 'ب', ''] });
});

test('an old row is the key, or all of it where the table says so', async () => {
  expect(changes(await logOf(`update things set id = 3 where id = 2`))).toEqual([
    expect.objectContaining({ kind: 'update', old: { whole: false, row: ['2', null, null] }, row: ['3', 'ب', ''] }),
  ]);
  expect(changes(await logOf(`update things set name = 'c' where id = 3`))).toMatchObject([{ old: null }]);
  expect(changes(await logOf('delete from things where id = 3'))).toMatchObject([
    { kind: 'delete', old: { whole: false, row: ['3', null, null] } },
  ]);
  const whole = await logOf(
    `begin; insert into whole values (1, 'x'); update whole set name = 'y'; delete from whole; commit`,
  );
  expect(changes(whole)).toMatchObject([
    { kind: 'insert' },
    { kind: 'update', old: { whole: true, row: ['1', 'x'] }, row: ['1', 'y'] },
    { kind: 'delete', old: { whole: true, row: ['1', 'y'] } },
  ]);
});

test('a large value that an update did not touch is left out and not taken for null', async () => {
  await logOf(
    `alter table things alter note set storage external; insert into things values (9, 'a', repeat('x', 100000))`,
  );
  expect(changes(await logOf(`update things set name = 'b' where id = 9`))).toMatchObject([
    { row: ['9', 'b', undefined] },
  ]);
});

test('a changed definition is told before the rows that follow it', async () => {
  await logOf('insert into things values (10)');
  const log = await logOf('alter table things add extra int default 7; insert into things (id) values (11)');
  const relation = log.find(({ kind }) => kind === 'relation');
  if (relation?.kind !== 'relation') throw new Error('no relation');
  expect(relation.relation.columns.map(({ name }) => name)).toEqual(['id', 'name', 'note', 'extra']);
  expect(changes(log)).toMatchObject([{ row: ['11', null, null, '7'] }]);
});

test('truncations name every table, and a rolled-back transaction leaves nothing but what it sent outside of itself', async () => {
  const log = await logOf(`
    begin; truncate things, whole restart identity; commit;
    begin; insert into things values (1);
    select pg_logical_emit_message(true, 'in', 'gone'), pg_logical_emit_message(false, 'out', 'sent');
    rollback;
    begin; select pg_logical_emit_message(true, 'in', 'kept'); commit`);
  expect(changes(log)).toEqual([
    expect.objectContaining({ kind: 'truncate', cascade: false, restartIdentity: true }),
    expect.objectContaining({ kind: 'message', transactional: false, prefix: 'out', content: Buffer.from('sent') }),
    expect.objectContaining({ kind: 'message', transactional: true, prefix: 'in', content: Buffer.from('kept') }),
  ]);
  expect(log.find(({ kind }) => kind === 'truncate')).toMatchObject({ relationOids: { length: 2 } });
});

test('a message that was cut anywhere is refused', async () => {
  await project.sql(`insert into whole values (5, 'cut')`);
  const rows = await project.sql<{ data: Buffer }>(
    `select data from pg_logical_slot_get_binary_changes('${SLOT}', null, null,
       'proto_version', '1', 'publication_names', 'decode_test')`,
  );
  for (const { data } of rows) {
    for (let length = 0; length < data.length; length += 1) {
      expect(() => decodeLogMessage(data.subarray(0, length), 0)).toThrow();
    }
  }
});
