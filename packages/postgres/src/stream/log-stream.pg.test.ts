import { setTimeout as delay } from 'node:timers/promises';
import { createTestProject, type TestProject } from '@ashlar/testing';
import type { Observation } from '@ashlar/telemetry';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LogBatch, LogNote } from './log-batch.ts';
import type { LogAttachment, LogConsumer } from './log-consumer.ts';
import { createLogStream, type LogStream, type LogStreamOptions } from './log-stream.ts';

const PATIENCE_MS = 30_000;

let project: TestProject;
let streams: LogStream[];
beforeEach(async () => {
  project = await createTestProject();
  streams = [];
  await project.sql(`
    create table public.things (id int primary key, name text);
    alter publication supabase_realtime add table public.things;
    set synchronous_commit = on`);
});
afterEach(async () => {
  await Promise.all(streams.map((stream) => stream.close()));
  await project.close();
});

function open(options: Partial<LogStreamOptions> = {}): LogStream {
  const stream = createLogStream({
    project: project.ref,
    access: project.cluster.admin(project.target.database),
    observe: () => undefined,
    ...options,
  });
  streams.push(stream);
  return stream;
}

/** A consumer that keeps what it hears. */
class Recorder implements LogConsumer {
  readonly name: string;
  readonly isDurable: boolean;
  readonly batches: LogBatch[] = [];
  readonly notes: LogNote[] = [];
  readonly starts: boolean[] = [];
  readonly gaps: string[] = [];
  readonly acknowledges: boolean;
  attachment: LogAttachment | null = null;

  constructor(isDurable: boolean, acknowledges = true, name = 'recorder') {
    this.name = name;
    this.isDurable = isDurable;
    this.acknowledges = acknowledges;
  }

  attachTo(stream: LogStream): this {
    this.attachment = stream.attach(this);
    return this;
  }

  async onGap(reason: string): Promise<void> {
    this.gaps.push(reason);
  }

  onStart({ isContinued }: { readonly isContinued: boolean }): void {
    this.starts.push(isContinued);
  }

  onBatch(batch: LogBatch): void {
    this.batches.push(batch);
    if (batch.endLsn !== null && this.acknowledges) this.attachment?.acknowledge(batch.endLsn);
  }

  onNote(note: LogNote): void {
    this.notes.push(note);
  }

  /** The first column of everything that was inserted. */
  get inserted(): (string | null | undefined)[] {
    return this.batches.flatMap(({ changes }) =>
      changes.flatMap((change) => (change.kind === 'insert' ? [change.row[0]] : [])),
    );
  }
}

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const startedAt = performance.now();
  while (!(await isSo())) {
    if (performance.now() - startedAt > PATIENCE_MS) throw new Error(`Waited in vain: ${what}`);
    await delay(10);
  }
}

const started = (recorder: Recorder, times = 1): Promise<void> =>
  until(`start ${times}`, () => recorder.starts.length >= times);

async function slots(): Promise<{ name: string; active: boolean; temporary: boolean }[]> {
  return project.sql(
    `select slot_name as name, active, temporary from pg_replication_slots where database = current_database()`,
  );
}

async function walSender(): Promise<number | undefined> {
  const [row] = await project.sql<{ pid: number | null }>(
    `select active_pid as pid from pg_replication_slots where database = current_database() and active`,
  );
  return row?.pid ?? undefined;
}

test('commits arrive in order with their changes, events and notes, and nothing of what was rolled back', async () => {
  const recorder = new Recorder(false).attachTo(open());
  await started(recorder);
  await project.sql(`
    begin; insert into things values (1, 'a'); insert into things values (2, 'b');
    select events.emit('app.thing.made', 'thing 1', '{"n": 1}', '{"aggregateversion": 3, "correlationid": "c"}'); commit;
    begin; insert into things values (3, 'gone'); select events.emit('app.thing.made', 'gone', '{}');
    select pg_logical_emit_message(false, 'hint', 'sent'); rollback;
    begin; update things set id = 4 where id = 2; select pg_logical_emit_message(true, 'in', 'kept'); commit;
    begin; delete from things where id = 1; commit; begin; truncate things; commit`);
  await until('five commits', () => recorder.batches.length >= 4);
  const [made, updated, deleted, truncated] = recorder.batches;
  expect(made).toMatchObject({
    isFirst: true,
    isLast: true,
    changes: [
      { kind: 'insert', relation: { schema: 'public', name: 'things' }, row: ['1', 'a'] },
      { kind: 'insert', row: ['2', 'b'] },
    ],
    events: [
      {
        event: {
          specversion: '1.0',
          type: 'app.thing.made',
          subject: 'thing 1',
          data: { n: 1 },
          aggregateversion: 3,
          correlationid: 'c',
          causationid: null,
          time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        },
      },
    ],
  });
  expect(updated).toMatchObject({
    changes: [{ kind: 'update', old: { row: ['2', null] }, row: ['4', 'b'] }],
    notes: [{ prefix: 'in', content: Buffer.from('kept') }],
  });
  expect(deleted).toMatchObject({ changes: [{ kind: 'delete', old: { row: ['1', null] } }] });
  expect(truncated).toMatchObject({ changes: [{ kind: 'truncate', relations: [{ name: 'things' }] }] });
  expect(recorder.notes).toEqual([{ prefix: 'hint', content: Buffer.from('sent') }]);
  const positions = recorder.batches.map(({ commit }) => commit.commitLsn);
  expect(positions).toEqual(positions.toSorted((a, b) => (a < b ? -1 : 1)));
});

test('a consumer that may miss things leaves nothing behind on the server, a durable one its slot', async () => {
  const stream = open();
  const passing = new Recorder(false).attachTo(stream);
  await started(passing);
  expect(await slots()).toMatchObject([{ temporary: true, active: true }]);
  passing.attachment?.detach();
  await until('no slot', async () => (await slots()).length === 0);

  const durable = new Recorder(true).attachTo(stream);
  await started(durable);
  expect(durable.gaps).toEqual(['no-slot']);
  expect(durable.starts).toEqual([false]);
  await stream.close();
  expect(await slots()).toMatchObject([{ temporary: false, active: false }]);
  expect(await open().forget()).toBe(true);
  expect(await slots()).toEqual([]);
});

test('what was committed while nobody read is told to the next reader, and what was acknowledged is not told again', async () => {
  const first = open();
  const before = new Recorder(true).attachTo(first);
  await started(before);
  await project.sql(`insert into things values (1)`);
  await until('the first row', () => before.inserted.length === 1);
  await first.close();
  await project.sql(`insert into things values (2); insert into things values (3)`);

  const after = new Recorder(true).attachTo(open());
  await until('what was missed', () => after.inserted.length >= 2);
  expect(after.inserted).toEqual(['2', '3']);
  expect(after.starts).toEqual([true]);
  expect(after.gaps).toEqual([]);
});

test('what was not acknowledged is told again after a restart', async () => {
  const first = open();
  const before = new Recorder(true, false).attachTo(first);
  await started(before);
  await project.sql(`insert into things values (1)`);
  await until('the first row', () => before.inserted.length === 1);
  await first.close();
  const after = new Recorder(true).attachTo(open());
  await until('the same row', () => after.inserted.length === 1);
});

test('a connection that is cut comes back and tells everything once to whoever listened on', async () => {
  const stream = open();
  const durable = new Recorder(true, false).attachTo(stream);
  await started(durable);
  const passing = new Recorder(false).attachTo(stream);
  await started(passing);
  await project.sql(`insert into things values (1)`);
  await until('the first row', () => passing.inserted.length === 1);
  await project.sql('select pg_terminate_backend($1)', [await walSender()]);
  await project.sql(`insert into things values (2)`);
  await until('the second row', () => passing.inserted.length >= 2 && durable.inserted.length >= 2);
  await started(durable, 2);
  expect(durable.inserted).toEqual(['1', '2']);
  expect(passing.inserted).toEqual(['1', '2']);
  expect(durable.starts).toEqual([false, true]);
});

test('of two processes one reads, and the other takes over where it ended', async () => {
  const [one, other] = [open(), open()];
  const first = new Recorder(true).attachTo(one);
  await started(first);
  const second = new Recorder(true).attachTo(other);
  await until('it stands by', () => other.status().state === 'standby');
  await project.sql(`insert into things values (1)`);
  await until('the first row', () => first.inserted.length === 1);
  await one.close();
  await project.sql(`insert into things values (2)`);
  await until('the second row', () => second.inserted.length > 0);
  expect(first.inserted).toEqual(['1']);
  expect(second.inserted).toEqual(['2']);
});

test('a slot that was dropped is made anew, and a durable consumer is told of the gap before', async () => {
  const observed: Observation[] = [];
  const stream = open({ observe: (observation) => observed.push(observation) });
  const durable = new Recorder(true).attachTo(stream);
  await started(durable);
  // The reader comes back fast, so the slot may be in use again when it is to be dropped.
  await until('the second gap', async () => {
    await project.sql('select pg_terminate_backend($1)', [await walSender()]);
    await project.admin
      .query(`select pg_drop_replication_slot(slot_name) from pg_replication_slots where database = current_database()`)
      .catch(() => undefined);
    return durable.gaps.length >= 2;
  });
  // The last one may be under way still, and what is written before it is over falls into the gap.
  let written = 0;
  await until('a row', async () => {
    await project.sql('insert into things values ($1)', [(written += 1)]);
    return durable.inserted.length > 0;
  });
  expect(new Set(durable.gaps)).toEqual(new Set(['no-slot']));
  expect(observed.map(({ kind }) => kind)).toContain('stream.lost');
});

test('a project can be dropped while its log is read', async () => {
  await using doomed = await createTestProject();
  const stream = open({ project: doomed.ref, access: doomed.cluster.admin(doomed.target.database) });
  await started(new Recorder(true).attachTo(stream));
  await doomed.cluster.dropProject(doomed.ref);
  const left = await project.sql('select from pg_replication_slots where database = $1', [doomed.target.database]);
  expect(left).toEqual([]);
  expect(await project.sql('select from pg_database where datname = $1', [doomed.target.database])).toEqual([]);
});

test('a table whose definition changes in the middle is followed', async () => {
  const recorder = new Recorder(false).attachTo(open());
  await started(recorder);
  await project.sql(`
    insert into things values (1, 'a');
    begin; insert into things values (2, 'b'); alter table things add column more int default 5;
    insert into things values (3, 'c'); alter table things rename column name to title;
    alter table things drop column more; insert into things values (4, 'd'); commit`);
  await until('both commits', () => recorder.inserted.length === 4);
  const shapes = recorder.batches.flatMap(({ changes }) =>
    changes.map((change) => (change.kind === 'insert' ? change.relation.columns.map(({ name }) => name) : [])),
  );
  expect(shapes).toEqual([
    ['id', 'name'],
    ['id', 'name'],
    ['id', 'name', 'more'],
    ['id', 'title'],
  ]);
});

test('a large transaction comes in parts that nothing interrupts, and a slow consumer makes the server wait', async () => {
  const rows = 20_000;
  const stream = open({ bounds: { changes: 500, bytes: 100_000 } });
  let underWay = 0;
  let most = 0;
  const parts: LogBatch[] = [];
  let attachment: LogAttachment | null = null;
  const slow: LogConsumer = {
    name: 'slow',
    isDurable: true,
    onStart: () => undefined,
    async onBatch(batch) {
      underWay += 1;
      most = Math.max(most, underWay);
      await delay(1);
      underWay -= 1;
      parts.push(batch);
      if (batch.endLsn !== null) attachment?.acknowledge(batch.endLsn);
    },
  };
  attachment = stream.attach(slow);
  await until('it reads', () => stream.status().state === 'reading');
  await project.sql(`insert into things select n, repeat('x', 100) from generate_series(1, ${rows}) n`);
  await until('all of it', () => parts.at(-1)?.isLast === true);
  expect(most).toBe(1);
  expect(parts.reduce((sum, { changes }) => sum + changes.length, 0)).toBe(rows);
  expect(new Set(parts.map(({ commit }) => commit.commitLsn)).size).toBe(1);
  expect(parts.map(({ isFirst }) => isFirst)).toEqual(parts.map((_part, index) => index === 0));
  expect(parts.map(({ isLast }) => isLast)).toEqual(parts.map((_part, index) => index === parts.length - 1));
  expect(Math.max(...parts.map(({ changes }) => changes.length))).toBeLessThanOrEqual(500);
});

test('a consumer that takes longer than the server waits for a sign of life keeps its connection', async () => {
  const observed: Observation[] = [];
  const stream = open({
    observe: (observation) => observed.push(observation),
    bounds: { changes: 500, bytes: 100_000 },
  });
  let rows = 0;
  let attachment: LogAttachment | null = null;
  attachment = stream.attach({
    name: 'slow',
    isDurable: true,
    onStart: () => undefined,
    async onBatch({ changes, isFirst, endLsn }) {
      if (isFirst) await delay(4_500);
      rows += changes.length;
      if (endLsn !== null) attachment?.acknowledge(endLsn);
    },
  });
  await until('it reads', () => stream.status().state === 'reading');
  await project.sql(`insert into things select n, repeat('x', 1000) from generate_series(1, 10000) n`);
  await until('all of it', () => rows === 10_000);
  expect(observed.filter(({ kind }) => kind === 'stream.lost')).toEqual([]);
});

test('a durable consumer that fails on a transaction is told it again', async () => {
  const stream = open();
  const told: (string | null | undefined)[] = [];
  let attachment: LogAttachment | null = null;
  attachment = stream.attach({
    name: 'clumsy',
    isDurable: true,
    onStart: () => undefined,
    async onBatch({ changes, endLsn }) {
      for (const change of changes) if (change.kind === 'insert') told.push(change.row[0]);
      if (told.length === 1) throw new Error('stumbled');
      if (endLsn !== null) attachment?.acknowledge(endLsn);
    },
  });
  await until('it reads', () => stream.status().state === 'reading');
  await project.sql(`insert into things values (1)`);
  await project.sql(`insert into things values (2)`);
  await until('both', () => told.includes('2'));
  expect(told).toEqual(['1', '1', '2']);
});

test('nothing is acknowledged while a durable consumer is missing that the stream waits for', async () => {
  const options = { waitsFor: ['recorder', 'late'] };
  const first = open(options);
  const early = new Recorder(true).attachTo(first);
  await started(early);
  await project.sql(`insert into things values (1)`);
  await until('the row', () => early.inserted.length === 1);
  await delay(1_200);
  const late = new Recorder(true, true, 'late').attachTo(first);
  await until('the same row', () => late.inserted.length === 1);
  expect(early.inserted).toEqual(['1']);
  const [sent] = late.batches;
  await until('both have acknowledged', () => first.status().doneLsn >= (sent?.endLsn ?? 0n));
});

test('an idle project does not hold back the log that others write', async () => {
  const durable = new Recorder(true).attachTo(open());
  await started(durable);
  await using busy = await createTestProject();
  await busy.sql(`create table public.noise as select repeat('x', 1000) from generate_series(1, 5000)`);
  const [there] = await project.sql<{ lsn: string }>('select pg_current_wal_flush_lsn() as lsn');
  await until('the idle slot moves on', async () => {
    const [row] = await project.sql<{ there: boolean }>(
      `select confirmed_flush_lsn >= $1 as there from pg_replication_slots where database = current_database()`,
      [there?.lsn],
    );
    return row?.there === true;
  });
  expect(durable.batches).toEqual([]);
});

test('a consumer that fails and may miss things is reported and disturbs nobody', async () => {
  const observed: Observation[] = [];
  const stream = open({ observe: (observation) => observed.push(observation) });
  const bad: LogConsumer = {
    name: 'bad',
    isDurable: false,
    onStart: () => undefined,
    onBatch: () => {
      throw new Error('poisoned');
    },
  };
  stream.attach(bad);
  const good = new Recorder(false).attachTo(stream);
  await started(good);
  await project.sql('insert into things values (1)');
  await project.sql('insert into things values (2)');
  await until('both rows', () => good.inserted.length === 2);
  expect(observed.filter(({ kind }) => kind === 'stream.consumer-failed')).toMatchObject([{ consumer: 'bad' }, {}]);
});
