import { readFile } from 'node:fs/promises';
import { createTestProject, type TestProject } from '@ashlar/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadSnapshot } from './load-snapshot.ts';
import { readProjectCatalogue } from './read-project-catalogue.ts';
import { relationKey, type Column, type Relation, type Relationship, type Routine, type Snapshot } from './snapshot.ts';

const SOCIETY = new URL('../../fixtures/society.sql', import.meta.url);

let project: TestProject;
let snapshot: Snapshot;

beforeAll(async () => {
  project = await createTestProject();
  await project.sql(await readFile(SOCIETY, 'utf8'));
  snapshot = await loadSnapshot(readProjectCatalogue(project.database), { version: 7 });
});

afterAll(() => project.close());

function relation(name: string, schema = 'public'): Relation {
  const found = snapshot.relations.get(relationKey(schema, name));
  if (found === undefined) throw new Error(`no relation ${schema}.${name}`);
  return found;
}

function column(relationName: string, name: string): Column {
  const found = relation(relationName).columns.get(name);
  if (found === undefined) throw new Error(`no column ${relationName}.${name}`);
  return found;
}

function relationships(origin: string, target: string): readonly Relationship[] {
  const ofOrigin = snapshot.relationships.get(relationKey('public', origin)) ?? [];
  return ofOrigin.filter((relationship) => relationship.target === target);
}

/** `one-to-many orders_buyer_id_fkey id=buyer_id`: enough to tell relationships apart at a glance. */
function outline(relationship: Relationship): string {
  const { cardinality, constraint, columns, junction } = relationship;
  const pairs = columns.map(({ origin, target }) => `${origin}=${target}`);
  const through = junction === null ? [] : [junction.name, junction.originConstraint, junction.targetConstraint];
  return [cardinality, constraint, ...pairs, ...through].filter((part) => part !== '').join(' ');
}

function writes(name: string): readonly boolean[] {
  const { insertable, updatable, deletable } = relation(name);
  return [insertable, updatable, deletable];
}

function result(name: string): Routine['result'] | undefined {
  return routines(name)[0]?.result;
}

function routines(name: string): readonly Routine[] {
  return snapshot.routines.get(relationKey('public', name)) ?? [];
}

describe('relations', () => {
  test('tables, views and partitioned tables are there with their kinds, partitions are not', () => {
    expect(relation('people').kind).toBe('table');
    expect(relation('visits').kind).toBe('partitioned-table');
    expect(relation('staff').kind).toBe('view');
    expect(relation('people_tags_cache').kind).toBe('materialized-view');
    expect(relation('secrets', 'private').kind).toBe('table');
    expect(snapshot.relations.has(relationKey('public', 'visits_2026'))).toBe(false);
    expect(relation('people').comment).toBe('Everybody');
  });

  test('no schema of the system is part of the snapshot', () => {
    expect([...snapshot.schemas]).toEqual(expect.arrayContaining(['public', 'private', 'extra']));
    expect([...snapshot.schemas].filter((name) => /^pg_|^information_schema$/.test(name))).toEqual([]);
    expect([...snapshot.relations.values()].filter(({ schema }) => schema.startsWith('pg_'))).toEqual([]);
  });

  test('a primary key keeps the order of its columns', () => {
    expect(relation('orders').primaryKey).toEqual(['shop', 'number']);
    expect(relation('visits').primaryKey).toEqual(['at', 'person_id']);
    expect(relation('people_names').primaryKey).toEqual(['id']);
  });

  test('a view has the primary key it shows, under its own column names', () => {
    expect(relation('people_again').primaryKey).toEqual(['person']);
    expect(relation('orders_with_buyer').primaryKey).toEqual(['shop_no', 'order_no']);
    expect(relation('staff').primaryKey).toEqual(['id']);
    expect(relation('people_tags_cache').primaryKey).toEqual(['person_id', 'tag_id']);
    expect(relation('Odd {view} \\ (1)').primaryKey).toEqual(['odd, {id} \\ "x" (']);
    expect(relation('everybody').primaryKey).toEqual([]);
    expect(relation('buyers').primaryKey).toEqual([]);
  });

  test('a relation says which writes it takes', () => {
    expect(writes('people')).toEqual([true, true, true]);
    expect(writes('people_names')).toEqual([true, true, true]);
    expect(writes('orders_with_buyer')).toEqual([false, false, false]);
    expect(writes('people_tags_cache')).toEqual([false, false, false]);
    expect(writes('mailbox')).toEqual([true, true, true]);
  });
});

describe('columns', () => {
  test('they come in definition order, without those dropped', () => {
    const names = [...relation('people').columns.keys()];
    expect(names.slice(0, 3)).toEqual(['id', 'name', 'email']);
    expect(names).toContain('Odd Column');
    expect(names).not.toContain('dropped');
  });

  test('a domain is resolved to its base type, and its rules hold for the column', () => {
    expect(column('people', 'email')).toMatchObject({
      type: 'text',
      nominalType: 'public.work_email',
      nullable: false,
      defaultExpression: "'nobody@example.org'::text",
    });
    expect(column('people', 'nick')).toMatchObject({ type: 'character varying', maxLength: 8 });
  });

  test('types outside the catalogue are printed with their schema', () => {
    expect(column('people', 'mood')).toMatchObject({ type: 'public.mood', category: 'E' });
    expect(column('people', 'mood').enumLabels).toEqual(['sad', 'ok', 'happy']);
    expect(column('people', 'Odd Column').type).toBe('public."Odd Type"');
    expect(column('people', 'home')).toMatchObject({ type: 'public.address', isComposite: true });
  });

  test('a length is kept in the nominal type alone', () => {
    expect(column('people', 'code')).toMatchObject({
      type: 'character varying',
      nominalType: 'character varying(12)',
      maxLength: 12,
    });
    expect(column('people', 'letters')).toMatchObject({ type: 'bpchar', nominalType: 'character(3)', maxLength: 3 });
    expect(column('people', 'price')).toMatchObject({ type: 'numeric', nominalType: 'numeric(10,2)', maxLength: null });
    expect(column('people', 'nicknames')).toMatchObject({ type: 'text[]', isArray: true });
  });

  test('identity, serial and generated columns have a default', () => {
    const next = "nextval('public.people_id_seq'::regclass)";
    expect(column('people', 'id')).toMatchObject({ identity: 'always', defaultExpression: next });
    expect(column('passports', 'id').identity).toBe('by default');
    expect(column('order_lines', 'id').defaultExpression).toBe("nextval('public.order_lines_id_seq'::regclass)");
    expect(column('people', 'label')).toMatchObject({ generated: true, defaultExpression: "(name || '!'::text)" });
    expect(column('people', 'name')).toMatchObject({ defaultExpression: null, comment: 'As they call themselves' });
  });

  test("a view's expression takes no update unless a trigger does the work", () => {
    expect(column('people_names', 'name').updatable).toBe(true);
    expect(column('people_names', 'loud').updatable).toBe(false);
    expect(column('mailbox', 'loud').updatable).toBe(true);
  });
});

describe('relationships', () => {
  test('a foreign key is seen from both its ends', () => {
    expect(relationships('likes', 'tags').map(outline)).toEqual(['many-to-one likes_tag_id_fkey tag_id=id']);
    expect(relationships('tags', 'likes').map(outline)).toEqual(['one-to-many likes_tag_id_fkey id=tag_id']);
  });

  test('it is one to one when its columns are the primary key or unique', () => {
    expect(relationships('profiles', 'people').map(outline)).toEqual([
      'one-to-one profiles_person_id_fkey person_id=id',
    ]);
    const [reverse] = relationships('people', 'passports');
    expect(reverse).toMatchObject({ cardinality: 'one-to-one', ownsForeignKey: false });
  });

  test('two foreign keys to one table are two relationships, ordered by constraint', () => {
    expect(relationships('orders', 'people').map(outline)).toEqual([
      'many-to-one orders_buyer_id_fkey buyer_id=id',
      'many-to-one orders_seller_id_fkey seller_id=id',
    ]);
  });

  test('a composite key pairs its columns in order', () => {
    expect(relationships('order_lines', 'orders').map(outline)).toEqual([
      'many-to-one order_lines_order shop=shop number=number',
    ]);
  });

  test('a self reference has both directions', () => {
    const own = relationships('people', 'people').filter(({ constraint }) => constraint === 'people_boss');
    expect(own.map(outline)).toEqual(['one-to-many people_boss id=boss_id', 'many-to-one people_boss boss_id=id']);
    expect(own.every(({ selfReference }) => selfReference)).toBe(true);
  });

  test('a junction is one when its primary key holds both foreign keys', () => {
    const plain = relationships('people', 'tags').filter(({ throughView }) => !throughView);
    expect(plain.filter(({ computedBy }) => computedBy === null).map(outline)).toEqual([
      'many-to-many people_tags people_tags_person_id_fkey people_tags_tag_id_fkey',
    ]);
    expect(plain.find(({ junction }) => junction !== null)?.junction).toMatchObject({
      originColumns: [{ origin: 'id', target: 'person_id' }],
      targetColumns: [{ origin: 'tag_id', target: 'id' }],
    });
    const friends = relationships('people', 'people').filter(({ junction }) => junction?.name === 'friends');
    expect(friends).toHaveLength(2);
    expect(friends.every(({ selfReference }) => selfReference)).toBe(true);
  });

  test('a partitioned table keeps its own foreign key and not those its partitions inherit', () => {
    expect(relationships('people', 'visits').map(outline)).toEqual(['one-to-many visits_person_id_fkey id=person_id']);
  });

  test('a view stands for the table whose columns it shows, through views of views, joins and WITH', () => {
    expect(relationships('people_again', 'profiles').map(outline)).toEqual([
      'one-to-one profiles_person_id_fkey person=person_id',
    ]);
    expect(relationships('orders_with_buyer', 'people_again').map(outline)).toEqual([
      'many-to-one orders_buyer_id_fkey buyer_id=person',
    ]);
    expect(relationships('orders_with_buyer', 'order_lines').map(outline)).toEqual([
      'one-to-many order_lines_order shop_no=shop order_no=number',
    ]);
    expect(relationships('staff', 'profiles').map(outline)).toEqual([
      'one-to-one profiles_person_id_fkey id=person_id',
      'one-to-one profiles_person_id_fkey same_id=person_id',
    ]);
    expect(relationships('Odd {view} \\ (1)', 'likes').map(outline)).toEqual([
      'one-to-many likes_tag_id_fkey odd, {id} \\ "x" (=tag_id',
    ]);
    expect(relationships('staff', 'profiles').every(({ throughView }) => throughView)).toBe(true);
  });

  test('a view that hides a column of the key has no relationship of it', () => {
    expect(relationships('orders_with_buyer', 'people').map(outline)).toEqual([
      'many-to-one orders_buyer_id_fkey buyer_id=id',
    ]);
    expect(relationships('letters', 'profiles')).toEqual([]);
    expect(relationships('everybody', 'profiles')).toEqual([]);
    expect(relationships('buyers', 'people').map(outline)).toEqual(['many-to-one orders_buyer_id_fkey buyer_id=id']);
  });

  test('a function of a row computes one, to one row when it promises one', () => {
    const computed = relationships('people', 'tags').filter(({ computedBy }) => computedBy !== null);
    expect(computed.map(({ cardinality, computedBy }) => [cardinality, computedBy?.name])).toEqual([
      ['one-to-many', 'all_tags'],
      ['many-to-one', 'first_tag'],
    ]);
  });
});

describe('routines', () => {
  test('overloads stand in definition order, parameters with a default are not required', () => {
    expect(routines('add').map(({ parameters }) => parameters)).toEqual([
      [
        { name: 'a', type: 'integer', required: true, variadic: false },
        { name: 'b', type: 'integer', required: false, variadic: false },
      ],
      [{ name: 'a', type: 'text', required: true, variadic: false }],
    ]);
  });

  test('what comes back is void, a scalar, rows of a relation or rows of their own', () => {
    const people = { schema: 'public', name: 'people' };
    expect(result('nothing')).toEqual({ kind: 'void' });
    expect(result('numbers')).toEqual({ kind: 'scalar', type: 'integer', set: true });
    expect(result('anything')).toEqual({ kind: 'scalar', type: 'record', set: false });
    expect(result('find_people')).toEqual({ kind: 'composite', set: true, relation: people, columns: [] });
    expect(result('someone')).toEqual({ kind: 'composite', set: false, relation: people, columns: [] });
    expect(result('one_out')).toMatchObject({ kind: 'composite', columns: [{ name: 'answer', type: 'integer' }] });
    expect(result('listing')).toMatchObject({
      set: true,
      relation: null,
      columns: [
        { name: 'person_id', type: 'bigint' },
        { name: 'mood', type: 'public.mood' },
      ],
    });
    expect(result('where_is')).toMatchObject({
      set: false,
      relation: null,
      columns: [{ name: 'street' }, { name: 'city' }],
    });
  });

  test('a variadic parameter is marked', () => {
    expect(routines('join_all')[0]).toMatchObject({
      hasVariadic: true,
      parameters: [{ variadic: false }, { name: 'parts', type: 'text[]', variadic: true }],
    });
  });

  test('a length or a domain of a parameter is what the declaration says', () => {
    expect(routines('fixed')[0]?.parameters.map(({ type }) => type)).toEqual(['bpchar', 'public.email']);
  });

  test('only the settings that must hold before the call are carried', () => {
    expect(routines('find_people')[0]?.settings).toEqual([['statement_timeout', '2s']]);
  });

  test('an unnamed parameter is reachable as a whole body or a row, not otherwise', () => {
    expect(routines('whole_body')).toHaveLength(1);
    expect(routines('full_name')[0]?.computedOn).toEqual({ schema: 'public', name: 'people' });
    expect(routines('two_unnamed')).toEqual([]);
  });

  test('triggers and procedures are no functions to call', () => {
    expect(routines('write_letter')).toEqual([]);
    expect(routines('no_function')).toEqual([]);
  });
});

test('custom types are named by the spelling columns and parameters use', () => {
  expect(snapshot.types.get('public."Odd Type"')).toMatchObject({ kind: 'enum', labels: ['a b', 'c"d'] });
  expect(snapshot.types.get('public.work_email')).toMatchObject({ kind: 'domain', base: 'text' });
  expect(snapshot.types.get('public.people')).toEqual({ kind: 'row', schema: 'public', name: 'people' });
  expect(snapshot.types.get('public.address')).toMatchObject({
    kind: 'composite',
    attributes: [
      { name: 'street', type: 'text' },
      { name: 'city', type: 'character varying' },
    ],
  });
});

test('settings of a role in this database are read, global ones only when asked for', async () => {
  const role = `${project.ref}_authenticator`;
  await project.sql(`alter role ${role} in database ${project.target.database} set pgrst.db_max_rows = '50'`);
  await project.sql(`alter role ${role} in database ${project.target.database} set lock_timeout = '3s'`);
  await project.sql(`alter role ${role} set idle_in_transaction_session_timeout = '9s'`);
  await project.sql(`alter role ${role} in database ${project.target.database} set log_statement = 'all'`);
  const read = readProjectCatalogue(project.database);
  const { timezones } = snapshot;
  const own = await loadSnapshot(read, { version: 1, timezones });
  const names = own.roleSettings.get(role)?.map(([name]) => name) ?? [];
  expect(own.roleSettings.get(role)).toEqual(
    expect.arrayContaining([
      ['pgrst.db_max_rows', '50'],
      ['lock_timeout', '3s'],
    ]),
  );
  // The first is set for the role everywhere, the second only a superuser may set.
  expect(names).not.toContain('idle_in_transaction_session_timeout');
  expect(names).not.toContain('log_statement');
  const all = await loadSnapshot(read, { version: 1, timezones, globalRoleSettings: true });
  expect(all.roleSettings.get(role)).toContainEqual(['idle_in_transaction_session_timeout', '9s']);
});

test('the time zones are those of the server, and the version is the given one', () => {
  expect(snapshot.timezones.has('Europe/Vienna')).toBe(true);
  expect(snapshot.timezones.has('Middle/Earth')).toBe(false);
  expect(snapshot.version).toBe(7);
});
