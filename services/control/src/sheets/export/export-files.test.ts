import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { examineFile } from '../examine-file.ts';
import { readRows } from '../formats/source-file.ts';
import type { Cell } from '../formats/source-row.ts';
import { writeCsv, writeJson } from './text-files.ts';
import { writeXlsx } from './xlsx-file.ts';

const COLUMNS = [
  { name: 'id', type: 'bigint' },
  { name: 'say', type: 'text' },
  { name: 'more', type: 'jsonb' },
  { name: 'ok', type: 'boolean' },
];
const ROWS: readonly (readonly Cell[])[] = [
  ['1', 'سلام <&> "x"', '{"a": 1.10}', 't'],
  ['9007199254740993', '=1+1', null, 'f'],
  ['-3', ' two\nlines \u0001', '[]', null],
];

async function* pages(): AsyncGenerator<readonly (readonly Cell[])[]> {
  yield ROWS.slice(0, 2);
  yield ROWS.slice(2);
}
async function* none(): AsyncGenerator<readonly (readonly Cell[])[]> {}
async function textOf(chunks: AsyncIterable<string>): Promise<string> {
  return (await Array.fromAsync(chunks)).join('');
}

test('CSV tells texts that look like formulas to be texts, JSON keeps every figure', async () => {
  expect(await textOf(writeCsv({ columns: COLUMNS, pages: pages() }))).toBe(
    `\uFEFFid,say,more,ok\r\n1,"سلام <&> ""x""","{""a"": 1.10}",t\r\n9007199254740993,'=1+1,,f\r\n-3," two\nlines \u0001",[],\r\n`,
  );
  const json = await textOf(writeJson({ columns: COLUMNS, pages: pages() }));
  expect(json).toContain('{"id":9007199254740993,"say":"=1+1","more":null,"ok":false}');
  expect(JSON.parse(json)).toHaveLength(3);
  expect(JSON.parse(await textOf(writeJson({ columns: COLUMNS, pages: none() })))).toEqual([]);
});

test('a workbook that was written is read again, cell by cell', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ashlar-export-'));
  try {
    const path = join(folder, 'rows.xlsx');
    await writeFile(path, writeXlsx({ columns: COLUMNS, pages: pages(), isLeftward: true }));
    const { form, columns, rows } = await examineFile(path, {}, new AbortController().signal);
    expect({ form, rows }).toEqual({ form: { format: 'xlsx', sheet: 'Rows', headings: true }, rows: 3 });
    const found: (readonly Cell[])[] = [];
    for await (const { cells } of readRows(
      path,
      form,
      columns.map(({ name }) => name),
    ))
      found.push(cells);
    expect(found).toEqual(ROWS);
  } finally {
    await rm(folder, { recursive: true });
  }
});
