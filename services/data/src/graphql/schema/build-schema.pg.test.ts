import { createSnapshots, type Snapshot } from '@ashlar/postgres';
import { createTestProject, type TestProject } from '@ashlar/testing';
import { ignoreObservations } from '@ashlar/telemetry';
import { buildSchema as schemaOfText, isIntrospectionType, printSchema, printType } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readOperation } from '@ashlar/graphql';
import { SHOP } from '../shop.fixture.ts';
import { buildSchema, buildWholeSchema } from './build-schema.ts';
import { describeGraph } from './describe-graph.ts';
import type { GraphModel } from './graph-model.ts';
import { readRoleAccess } from './role-access.ts';

/** Names that meet those made of scalars, of the schema itself and of other tables. */
const AWKWARD = `
  create table "Int" (id int primary key, next int references "Int");
  create table "PageInfo" (id int primary key);
  create table "postFilter" (id int primary key);
  create table "accountSumAggregateResult" (id int primary key);
  create type "accountEdge" as enum ('x');
  create type "String" as enum ('y');
  create table odd (id int primary key, edge "accountEdge", text "String", edges "accountEdge"[]);
`;

let project: TestProject;
let snapshot: Snapshot;
const snapshots = createSnapshots({ observe: ignoreObservations });

beforeAll(async () => {
  project = await createTestProject();
  await project.sql(`SET ROLE postgres; ${SHOP}; ${AWKWARD}; RESET ROLE`);
  snapshot = await snapshots.current(project.database);
});

afterAll(async () => {
  await snapshots.close();
  await project.close();
});

async function modelFor(role: string): Promise<GraphModel> {
  return describeGraph(snapshot, await readRoleAccess(project.database, role, ['public']), ['public']);
}

test.each(['service_role', 'authenticated', 'anon'])(
  'every type %s can introspect is found by its name, and is the same',
  async (role) => {
    const model = await modelFor(role);
    const lazy = buildSchema(model);
    const whole = buildWholeSchema(model);
    const own = Object.values(whole.getTypeMap()).filter((type) => !isIntrospectionType(type));
    expect(own.length).toBeGreaterThan(80);
    for (const type of own) {
      const found = lazy.getType(type.name);
      expect(found === undefined ? undefined : printType(found)).toBe(printType(type));
    }
    expect(lazy.getQueryType() === lazy.getType('Query')).toBe(true);
  },
);

test('what a role may not see has no type of any name', async () => {
  const anon = buildSchema(await modelFor('anon'));
  const hidden = ['vault', 'vaultConnection', 'vaultFilter', 'vaultInsertInput', 'ratingInsertInput', 'log', 'nope'];
  for (const name of [...hidden, 'nopeFilter', 'CursorFilter', '__proto__', 'constructor', 'toString', 'Filter', '']) {
    expect(anon.getType(name)).toBeUndefined();
  }
  expect(anon.getType('ratingConnection')).toBeDefined();
});

test('a document makes what it names, and nothing beside it', async () => {
  const model = await modelFor('service_role');
  const touched = new Set<string>();
  for (const entity of model.entities.values()) {
    const { fields, typeName } = entity;
    Object.defineProperty(entity, 'fields', {
      get() {
        touched.add(typeName);
        return fields;
      },
    });
  }
  const schema = buildSchema(model);
  expect([...touched]).toEqual([]);
  readOperation('{ blogCollection(first: 1) { edges { node { id title } } } }', null, schema, true);
  expect([...touched]).toEqual(['blog']);
  readOperation('query ($f: postFilter) { postCollection(filter: $f) { __typename } }', null, schema, true);
  expect([...touched]).toEqual(['blog']);
});

test('names that would be taken twice leave the schema whole', async () => {
  const model = await modelFor('service_role');
  const whole = buildWholeSchema(model);
  expect(() => schemaOfText(printSchema(whole))).not.toThrow();
  const types = whole.getTypeMap();
  expect(String(types['Int'])).toBe('Int');
  expect(printType(must(types['Int']))).toContain('scalar Int');
  expect(Object.keys(types)).toEqual(
    expect.arrayContaining(['public_Int', 'public_PageInfo', 'public_postFilter', 'public_accountSumAggregateResult']),
  );
  expect(printType(must(types['odd']))).toMatch(/edge: Opaque[^]*text: Opaque[^]*edges: \[Opaque\]/);
});

test('a misspelt type is answered with the tables it may mean', async () => {
  const schema = buildSchema(await modelFor('service_role'));
  expect(() => readOperation('{ node(nodeId: "x") { ... on acount { id } } }', null, schema, true)).toThrow(
    'Unknown type "acount". Did you mean "account"',
  );
});

function must<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('There is no such type');
  return value;
}
