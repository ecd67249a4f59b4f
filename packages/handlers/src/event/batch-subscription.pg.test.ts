import { randomUUID } from 'node:crypto';
import { type CommandContext, defineErrors, defineSuite, refuse, type Suite, useCase } from '@ashlar/kernel';
import { createLogStream, deliverEvents } from '@ashlar/postgres';
import { ignoreObservations } from '@ashlar/telemetry';
import { createSuiteProject, DEFAULT_ORG, type SuiteProject } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { createUseCases } from '../runtime/create-use-cases.ts';
import { suiteSubscriptions } from './suite-subscriptions.ts';

interface TallyTables {
  readonly 'tally.notes': { readonly code: string; readonly together: number };
}

const { unreadable } = defineErrors('tally', {
  unreadable: { kind: 'unprocessable', title: '{code} cannot be read' },
});

const note = useCase('tally.note', {
  summary: 'Notes what was counted.',
  input: z.strictObject({ code: z.string() }),
  output: z.object({}),
  errors: [unreadable],
  permission: 'tally.note',
  on: {
    event: {
      type: 'app.thing.counted',
      input: ({ data: { code } }) => (code === 'unwanted' ? null : { code: String(code) }),
      batch: 50,
    },
  },
  run: () => ({}),
  runMany: async (inputs, { db, audit }: CommandContext<TallyTables>) => {
    const bad = inputs.find(({ code }) => code.startsWith('bad'));
    if (bad !== undefined) return refuse(unreadable({ code: bad.code }));
    await db
      .insertInto('tally.notes')
      .values(inputs.map(({ code }) => ({ code, together: inputs.length })))
      .execute();
    audit({ after: { noted: inputs.length } });
    return undefined;
  },
});

const suiteOf = (name: string): Suite =>
  defineSuite({
    name,
    title: { en: 'Tally' },
    migrations: new URL('../../fixtures/tally/', import.meta.url),
    useCases: [{ ...note, name: `${name}.note`, permission: 'signed-in' }],
    permissions: {},
  });

const tally = suiteOf('tally');
/** Known to the server, and not added to this project. */
const absent = suiteOf('elsewhere');
const ALICE = randomUUID();
const BOB = randomUUID();

let project: SuiteProject;
let otherOrg: string;
let stop: () => Promise<void>;
beforeAll(async () => {
  project = await createSuiteProject({ suites: [tally] });
  otherOrg = await project.addOrganisation('other');
  const { test: own } = project;
  const observe = ignoreObservations;
  const access = own.cluster.admin(own.target.database);
  const stream = createLogStream({ project: own.ref, access, observe });
  const useCases = createUseCases({ suites: [tally, absent] });
  const delivery = deliverEvents({
    project: own.ref,
    database: own.database,
    stream,
    observe,
    subscriptions: [tally, absent].flatMap((suite) => suiteSubscriptions(suite, useCases, own.database)),
    retry: { attempts: 2, firstMs: 1, longestMs: 2 },
  });
  stop = async () => {
    await delivery.close();
    await stream.close();
    await stream.forget();
  };
}, 60_000);
afterAll(async () => {
  await stop?.();
  await project?.[Symbol.asyncDispose]();
});

/** All in one transaction, so that they come together; each event is an aggregate of its own. */
async function count(...groups: readonly { codes: readonly string[]; sub: string; org?: string }[]): Promise<void> {
  const emits = groups.map(({ codes, sub, org = DEFAULT_ORG }) => {
    const claims = JSON.stringify({ sub, role: 'authenticated', org_id: org });
    const data = `jsonb_build_object('code', c.code)`;
    return `select set_config('request.jwt.claims', '${claims}', true);
      select events.emit('app.thing.counted', c.code, ${data}) from unnest('{${codes.join(',')}}'::text[]) c (code);`;
  });
  await project.test.sql(`begin; ${emits.join('')} commit`);
}

const names = (prefix: string, many: number): string[] => Array.from({ length: many }, (_, n) => `${prefix}-${n}`);
const noted = (prefix: string) =>
  project.test.sql<{ code: string; org_id: string; noted_by: string; together: number }>(
    `select * from tally.notes where code like $1 order by code`,
    [`${prefix}-%`],
  );
const dealtWith = async (consumer: string): Promise<number> => {
  const sql = `select count(*)::int as n from events.inbox where consumer = $1`;
  const [row] = await project.test.sql<{ n: number }>(sql, [consumer]);
  return row?.n ?? 0;
};
const untilDealtWith = async (many: number): Promise<void> => {
  for (const consumer of ['tally.note', 'elsewhere.note']) {
    await expect.poll(() => dealtWith(consumer), { timeout: 30_000 }).toBe(many);
  }
};

test('events that come together are few commands, each of one organisation and actor', async () => {
  const { test: own } = project;
  await expect.poll(() => own.sql('select from events.consumers'), { timeout: 30_000 }).toHaveLength(2);
  await count(
    { codes: names('a', 30), sub: ALICE },
    { codes: names('b', 30), sub: BOB },
    { codes: [...names('c', 100), 'unwanted'], sub: BOB, org: otherOrg },
  );
  await untilDealtWith(161);
  const [a, b, c] = [await noted('a'), await noted('b'), await noted('c')];
  expect([a.length, b.length, c.length]).toEqual([30, 30, 100]);
  const whose = (rows: typeof a) => new Set(rows.map(({ org_id, noted_by }) => `${org_id} ${noted_by}`));
  expect(whose(a)).toEqual(new Set([`${DEFAULT_ORG} ${ALICE}`]));
  expect(whose(b)).toEqual(new Set([`${DEFAULT_ORG} ${BOB}`]));
  expect(whose(c)).toEqual(new Set([`${otherOrg} ${BOB}`]));
  expect(Math.max(...c.map(({ together }) => together))).toBeGreaterThan(30);
  const trail = await project.test.sql<{ org_id: string; actor_id: string; noted: number }>(
    `select org_id, actor_id, (after ->> 'noted')::int as noted from suites.audit where use_case = 'tally.note'`,
  );
  expect(trail.length).toBeLessThan(20);
  expect(trail.reduce((sum, { noted: many }) => sum + many, 0)).toBe(160);
  const ofAlice = trail.filter(({ actor_id }) => actor_id === ALICE);
  expect(ofAlice.reduce((sum, { noted: many }) => sum + many, 0)).toBe(30);
  expect(await project.test.sql('select from events.dead_letters')).toEqual([]);
});

test('what is refused of many is parked alone, and done once it can be', async () => {
  const before = await dealtWith('tally.note');
  await count({ codes: [...names('d', 20), 'bad-1', ...names('e', 20)], sub: ALICE });
  await expect
    .poll(() => project.test.sql(`select state, error from events.dead_letters where state = 'dead'`), {
      timeout: 30_000,
    })
    .toEqual([{ state: 'dead', error: expect.stringMatching(/bad-1 cannot be read/) }]);
  await expect.poll(() => dealtWith('tally.note'), { timeout: 30_000 }).toBe(before + 40);
  expect((await noted('d')).length + (await noted('e')).length).toBe(40);
});
