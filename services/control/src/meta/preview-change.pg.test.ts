import { proofSize, type TestProject } from '@ashlar/testing';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLibrary } from './library.fixture.ts';
import type { AskedOperation } from './operations/operations.ts';
import { operationNames } from './operations/operations.ts';
import { previewChange } from './preview-change.ts';
import { askedOperation } from './random-operation.fixture.ts';
import { tryOut } from './try-out.fixture.ts';
import { owned } from './owned-database.fixture.ts';

const RUNS = proofSize('previews', { short: 200, full: 2_000 });

let library: TestProject;

beforeAll(async () => {
  library = await createLibrary();
});

afterAll(() => library.close());

/** What a preview says, beside what happens when the same is done and undone. */
async function compare(asked: AskedOperation): Promise<void> {
  const preview = await previewChange(owned(library), asked);
  const truth = await tryOut(library.admin, preview.statements);
  if (truth.failure !== null) {
    expect({ ...preview, failure: truth.failure }, 'a failure is announced').toSatisfy(
      () => isAnnounced(truth.failure ?? '', preview) || NAME_TAKEN.has(truth.failure?.slice(0, 5) ?? ''),
    );
    return;
  }
  expect(preview.blockedBy, 'nothing stood in the way').toEqual([]);
  expect(preview.obstacles, 'no row stood in the way').toEqual([]);
  const locks = preview.locks.filter(({ relation }) => truth.known.has(relation));
  expect(Object.fromEntries(locks.map(({ relation, mode }) => [relation, mode])), 'locks').toEqual(truth.locks);
  expect(
    locks.filter(({ rewrites }) => rewrites).map(({ relation }) => relation),
    'rewritten tables',
  ).toEqual(truth.rewritten);
  const [removed, created] = [namesOf(preview.removes), namesOf(preview.creates)];
  expect(removed, 'removed').toEqual(apart(truth.removed, [...truth.created, ...partsOf(truth.removed)]));
  expect(apart(created, truth.removed.length > 0 ? [] : [...truth.there]), 'created').toEqual(
    apart(truth.created, [...truth.removed, ...partsOf(truth.created)]),
  );
  expect(preview.losses.length > 0, 'data is lost').toBe(truth.losesData);
}

/** Names in use, and changes the server refuses whatever the rows are. */
const NAME_TAKEN = new Set([
  '42P07',
  '42701',
  '42710',
  '42723',
  '42P16',
  '42804',
  '42P13',
  '0A000',
  '42P17',
  '42883',
  '42846',
  '42703',
  '42704',
  '42P06',
  '42601',
]);

function isAnnounced(
  failure: string,
  { blockedBy, obstacles, losses }: Awaited<ReturnType<typeof previewChange>>,
): boolean {
  if (failure.startsWith('2BP01')) return blockedBy.length > 0;
  if (failure.startsWith('22')) return losses.length > 0;
  return failure.startsWith('23') && obstacles.length > 0;
}

function apart(names: readonly string[], others: readonly string[]): string[] {
  return names.filter((name) => !others.includes(name));
}

/** Columns of tables that are named themselves. */
function partsOf(names: readonly string[]): string[] {
  const tables = names
    .filter((name) => name.startsWith('table '))
    .map((name) => `column ${name.slice('table '.length)}.`);
  return names.filter((name) => tables.some((prefix) => name.startsWith(prefix)));
}

function namesOf(objects: readonly { readonly kind: string; readonly identity: string }[]): string[] {
  return objects.map(({ kind, identity }) => `${kind} ${identity}`).toSorted();
}

test('random previews equal what then happens: locks, rewrites, objects and data', { timeout: 600_000 }, async () => {
  const seen = new Set<string>();
  const differences: string[] = [];
  for (const asked of fc.sample(askedOperation, { numRuns: RUNS, seed: 20261153 })) {
    seen.add(asked.operation);
    await compare(asked).catch((error: unknown) => differences.push(`${JSON.stringify(asked)}: ${String(error)}`));
  }
  expect(differences).toEqual([]);
  // Each kind of operation was among them.
  expect(operationNames.filter((name) => !seen.has(name))).toEqual([]);
});
