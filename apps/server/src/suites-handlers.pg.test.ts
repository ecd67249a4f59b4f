import { randomUUID } from 'node:crypto';
import { type AnyUseCase, must, type Suite } from '@ashlar/kernel';
import { suiteDocuments } from '@ashlar/handlers';
import { createSuiteProject, type SuiteProject } from '@ashlar/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type HandlerDriver,
  type Handlers,
  openHandlers,
  type Told,
} from '../../../packages/handlers/src/handler-drivers.fixture.ts';
import { camelName, pascalName } from '../../../packages/handlers/src/input/contract-name.ts';
import type { InvocationCaller } from '../../../packages/handlers/src/invocation.ts';
import { readInput } from '../../../packages/handlers/src/input/read-input.ts';
import { wireSchema } from '../../../packages/handlers/src/input/wire-schema.ts';
import { suites } from './suites.ts';
import { sampleOf } from './use-case-sample.fixture.ts';

/** Every use case of every suite, over every handler it is offered by, as real clients have them. */
const OFFERED: Readonly<Record<string, (useCase: AnyUseCase) => boolean>> = {
  HTTP: ({ on }) => typeof on.http === 'string',
  'command line': () => true,
  MCP: ({ on }) => on.mcp === true,
  job: ({ on }) => on.job === true,
  'Connect in bytes': ({ on }) => on.grpc === true,
  gRPC: ({ on }) => on.grpc === true,
  GraphQL: ({ on }) => typeof on.graphql === 'string',
};
/** Of inputs with rules no schema tells. */
const SAMPLES: Readonly<Record<string, object>> = {
  'billing.keep-print': { documentId: randomUUID(), paper: 'a4', language: 'en', sha256: '0'.repeat(64) },
  'order.set-address': {
    cartId: randomUUID(),
    party: { name: 'Sample' },
    shipTo: { name: 'Sample', lines: 'Sample', country: 'IQ' },
  },
  'billing.post-journal': {
    reason: 'Sample',
    lines: ['debit', 'credit'].map((side) => ({ accountId: randomUUID(), [side]: { amount: '1', currency: 'USD' } })),
  },
};
/** Use cases that are asked at once: most of the time is waiting for answers. */
const AT_ONCE = 8;
const anon: InvocationCaller = { role: 'anon', claims: {} };
const bySuite = new Map<string, Handlers>();
let fixture: SuiteProject;
let nobody: InvocationCaller;
let owner: InvocationCaller;

beforeAll(async () => {
  fixture = await createSuiteProject({ suites });
  for (const suite of suites) bySuite.set(suite.name, await openHandlers(fixture, suite));
  nobody = await fixture.addMember([]);
  owner = await fixture.addMember(suites.map(({ name }) => `${name}.*`));
});
afterAll(async () => {
  for (const handlers of bySuite.values()) await handlers[Symbol.asyncDispose]();
  await fixture?.[Symbol.asyncDispose]();
});

const driverOf = (suite: Suite, handler: string): HandlerDriver =>
  must(
    bySuite.get(suite.name)?.drivers.find(({ name }) => name === handler),
    handler,
  );

/** Places of the faults an empty input has, by the schema alone. */
function faultsOfNothing(useCase: AnyUseCase): readonly string[] {
  try {
    readInput(useCase, {});
    return [];
  } catch (error) {
    const { fields } = error as { readonly fields: readonly { readonly pointer: string }[] };
    return fields.map(({ pointer }) => pointer).toSorted();
  }
}

const wrong = (told: Told, expected: Told): boolean =>
  told.code !== expected.code ||
  (expected.pointers !== undefined && String(told.pointers?.toSorted()) !== String(expected.pointers));

describe.each(suites.map((suite) => [suite.name, suite] as const))('every use case of %s', (_name, suite) => {
  test.each(Object.keys(OFFERED))('is validated and authorized over %s', async (handler) => {
    const driver = driverOf(suite, handler);
    const useCases = suite.useCases.filter((useCase) => OFFERED[handler]?.(useCase));
    expect(useCases.length).toBeGreaterThan(1);
    const faults: object[] = [];
    const judge = async (useCase: AnyUseCase): Promise<void> => {
      // The sample has to be one, or a refusal would be one of the input.
      const sample = SAMPLES[useCase.name] ?? (sampleOf(wireSchema(useCase.input)) as object);
      readInput(useCase, sample);
      // An address always has something where its path names a member.
      const isInPath = handler === 'HTTP' && String(useCase.on.http).includes(':');
      const pointers = isInPath ? [] : faultsOfNothing(useCase);
      const cases = [
        [sample, anon, { code: 'common.unauthenticated' }],
        // What any member may do is refused to strangers alone.
        ...(useCase.permission === 'signed-in'
          ? []
          : [[sample, nobody, { code: 'common.permission_denied' }] as const]),
        ...(pointers.length === 0 ? [] : [[{}, nobody, { code: 'common.invalid_input', pointers }] as const]),
      ] as const;
      for (const [input, as, expected] of cases) {
        const told = await driver.call(useCase, input, { as });
        if (wrong(told, expected)) faults.push({ useCase: useCase.name, told, expected });
      }
    };
    const left = useCases.values();
    const judgeAll = async (): Promise<void> => {
      for (const useCase of left) await judge(useCase);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, judgeAll));
    expect(faults).toEqual([]);
  });

  test('is in every document and list of the handlers that offer it', async () => {
    const { openapi, asyncapi, sdl, proto, schemas } = suiteDocuments(suite);
    const routes = JSON.stringify(openapi);
    const client = await must(bySuite.get(suite.name), suite.name).connectMcp(owner);
    const tools = (await client.listTools()).tools.map(({ name }) => name);
    await client.close();
    expect(Object.keys(schemas.useCases)).toEqual(suite.useCases.map(({ name }) => name));
    for (const { name, on } of suite.useCases) {
      expect(routes.includes(`"x-ashlar-use-case":"${name}"`), name).toBe(typeof on.http === 'string');
      expect(new RegExp(`^  ${camelName(name)}[(:]`, 'm').test(sdl), name).toBe(typeof on.graphql === 'string');
      expect(proto.includes(`rpc ${pascalName(name)}(`), name).toBe(on.grpc === true);
      expect(tools.includes(name.replace('.', '_')), name).toBe(on.mcp === true);
    }
    const heard = [
      ...suite.subscriptions.map(({ consumer }) => consumer),
      ...suite.useCases.filter(({ on }) => typeof on.event === 'object').map(({ name }) => name),
    ];
    const operations = JSON.stringify(asyncapi);
    expect(heard.filter((consumer) => !operations.includes(`"x-ashlar-consumer":"${consumer}"`))).toEqual([]);
  });
});

/** As all handlers say it: what is null, empty or not there is the same to some of them, and ids are made anew. */
function comparable(value: unknown): unknown {
  if (typeof value === 'string') {
    return value
      .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<id>')
      .replace(/^\d{4}-\d\d-\d\dT.*Z$/, '<at>');
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(comparable);
  const members = Object.entries(value).filter(
    ([, item]) => item !== null && !(Array.isArray(item) && item.length === 0),
  );
  return Object.fromEntries(members.map(([name, item]) => [name, comparable(item)]));
}

const pieces = (value: string) => ({ value, uom: 'pcs' });
const find = (name: string): AnyUseCase =>
  must(
    suites.flatMap(({ useCases }) => useCases).find((useCase) => useCase.name === name),
    name,
  );

// oxlint-disable-next-line typescript/no-explicit-any -- read as loosely as by a client.
const done = (name: string, input: object): Promise<any> => fixture.call(find(name), input);

test('what a shop asks and does is answered alike over every handler, whole', async () => {
  const { id: productId, variantId } = await done('product.create-product', {
    title: { en: 'Cup', ar: 'كوب' },
    taxCategory: 'standard',
    variant: { sku: 'CUP', weightG: 250 },
  });
  const { id: listId } = await done('product.create-price-list', { code: 'base', currency: 'USD' });
  await done('inventory.track-item', { itemId: variantId, sku: 'CUP', currency: 'USD' });
  const { id: warehouseId } = await done('inventory.add-warehouse', { code: 'MAIN' });
  const { id: locationId } = await done('inventory.add-location', { warehouseId, code: 'SHELF' });
  const receipt = {
    lines: [
      { itemId: variantId, locationId, quantity: pieces('10'), cost: { amount: '9007199254740993', currency: 'USD' } },
    ],
  };
  await done('inventory.receive-stock', {
    lines: [{ ...receipt.lines[0], cost: { amount: '1000', currency: 'USD' } }],
  });

  const asked: readonly (readonly [name: string, input: object])[] = [
    ['product.get-product', { productId }],
    ['product.list-variants', {}],
    ['product.list-price-lists', {}],
    ['product.export-products', {}],
    ['inventory.availability', { itemId: variantId }],
    ['inventory.ledger-card', { itemId: variantId }],
    ['inventory.stock-value', {}],
    ['inventory.ledger-value', { limit: 5 }],
    ['product.create-product', { title: { en: 'Bowl' }, variant: { sku: 'BOWL' } }],
    ['product.update-product', { productId, expectedVersion: 1, brand: null, categoryIds: [] }],
    ['product.create-price-list', { code: 'other', currency: 'IQD', validFrom: '2026-01-01T00:00:00Z' }],
    ['product.update-price-list', { listId, expectedVersion: 7 }],
    ['inventory.receive-stock', receipt],
    [
      'inventory.reserve-stock',
      { source: { type: 'order', id: 'A' }, lines: [{ itemId: variantId, quantity: pieces('3') }] },
    ],
    [
      'inventory.reserve-stock',
      { source: { type: 'order', id: 'A' }, lines: [{ itemId: variantId, quantity: pieces('11') }] },
    ],
  ];
  let answers = 0;
  for (const [name, input] of asked) {
    const useCase = find(name);
    const suite = must(
      suites.find((one) => name.startsWith(`${one.name}.`)),
      name,
    );
    const call = (handler: string) => driverOf(suite, handler).call(useCase, input, { as: owner, dryRun: true });
    const expected = comparable(await call('command line'));
    for (const [handler, isOffered] of Object.entries(OFFERED)) {
      if (!isOffered(useCase) || handler === 'job') continue;
      const { replayed: _replayed, ...told } = (await call(handler)) as Told & { readonly exitCode?: number };
      const { replayed: _known, exitCode: _code, ...wanted } = expected as Told & { readonly exitCode?: number };
      const { exitCode: _own, ...said } = comparable(told) as Told & { readonly exitCode?: number };
      expect({ handler, name, said }).toEqual({ handler, name, said: wanted });
      answers += 1;
    }
  }
  expect(answers).toBeGreaterThan(60);
});
