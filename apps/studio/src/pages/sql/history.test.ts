import { expect, test } from 'vitest';
import { openSqlMemory } from './history.ts';

function memoryStorage(): Pick<Storage, 'getItem' | 'setItem'> {
  const held = new Map<string, string>();
  return { getItem: (key) => held.get(key) ?? null, setItem: (key, text) => void held.set(key, text) };
}

test('the last fifty texts are kept, the newest first and each once', () => {
  const memory = openSqlMemory(memoryStorage(), 'ada', 'shop');
  for (let at = 0; at < 60; at += 1) memory.noteRun({ sql: `select ${at}`, at });
  memory.noteRun({ sql: 'select 30', at: 99 });
  const runs = memory.runs();
  expect(runs).toHaveLength(50);
  expect(runs.slice(0, 2)).toEqual([
    { sql: 'select 30', at: 99 },
    { sql: 'select 59', at: 59 },
  ]);
  expect(runs.filter(({ sql }) => sql === 'select 30')).toHaveLength(1);
  memory.forget();
  expect(memory.runs()).toEqual([]);
});

test('others in the same browser, and other projects, see nothing of it', () => {
  const storage = memoryStorage();
  openSqlMemory(storage, 'ada', 'shop').noteRun({ sql: 'select 1', at: 1 });
  expect(openSqlMemory(storage, 'grace', 'shop').runs()).toEqual([]);
  expect(openSqlMemory(storage, 'ada', 'other').runs()).toEqual([]);
});

test('what was spoilt in the storage, and a storage that is full, lose the past and nothing else', () => {
  const spoilt = openSqlMemory({ getItem: () => '{"not": [', setItem: () => undefined }, 'ada', 'shop');
  expect(spoilt.runs()).toEqual([]);
  const full = openSqlMemory(
    {
      getItem: () => null,
      setItem: () => {
        throw new DOMException('full', 'QuotaExceededError');
      },
    },
    'ada',
    'shop',
  );
  expect(full.noteRun({ sql: 'select 1', at: 1 })).toHaveLength(1);
});
