import { readFile } from 'node:fs/promises';
import type { Page } from '@ashlar/testing';
import { expect, test } from 'vitest';
import { seriousFaults } from './axe.fixture.ts';
import { askAsOwner, inviteAs, signInAs } from './people.fixture.ts';
import { type Stage, useStage } from './stage.fixture.ts';
import { OWNER } from './studio.fixture.ts';

const ROWS = 10_000;
const CITIES = ['Baghdad', 'Basra', 'Cairo'];

let stage: Stage;
let page: Page;
let owner: Awaited<ReturnType<typeof askAsOwner>>;

useStage({ width: 1440, height: 900 }, async (given) => {
  stage = given;
  owner = await askAsOwner(stage.server);
  page = await stage.openPage();
  await signInAs(page, stage.server.url, OWNER.email);
});

async function sql(text: string): Promise<readonly (readonly (string | null)[])[]> {
  const body = { sql: text, as: 'owner' };
  const path = '/control/v1/projects/default/sql';
  return (await owner.ask<{ results: { rows: string[][] }[] }>('POST', path, body)).results[0]?.rows ?? [];
}

const names = (at: Page): Promise<readonly string[]> =>
  at.evaluate<string[]>(`[...document.querySelectorAll('.g-body .g-row')].filter((row) => row.style.display !== 'none')
    .sort((one, other) => one.getAttribute('aria-rowindex') - other.getAttribute('aria-rowindex'))
    .map((row) => row.textContent).slice(0, 3)`);

test('a file of ten thousand rows is looked at, tried out and becomes a table', async () => {
  await page.goto(`${stage.server.url}/studio/projects/default/import`);
  const lines = Array.from(
    { length: ROWS },
    (_, at) => `${at + 1},Person ${at},${CITIES[at % 3]},${at % 100}.5,31/12/2025`,
  );
  const buffer = Buffer.from(`id,Full name,city,balance,since\n${lines.join('\n')}\nx,Bad row,Cairo,1,31/12/2025\n`);
  await page.locator('input[type=file]').setInputFiles({ name: 'people 2026.csv', mimeType: 'text/csv', buffer });
  await page.getByText('10,001 rows, 5 columns').waitFor();
  expect(await page.getByLabel('Table name').inputValue()).toBe('people_2026');
  await page.getByLabel('Table name').fill('people');
  await page.getByRole('combobox', { name: 'Type: id' }).fill('bigint');
  await page.getByRole('combobox', { name: 'Rows are told apart by' }).click();
  await page.getByRole('option', { name: 'id', exact: true }).click();
  expect(await seriousFaults(page)).toEqual([]);
  await page.getByRole('button', { name: 'Try out' }).click();
  await page.getByText('10,000 rows would be imported, 1 is wrong.').waitFor();
  await page.getByRole('cell', { name: /invalid input syntax/ }).waitFor();
  await page.getByLabel('Load the good rows').check();
  await page.getByRole('button', { name: 'Import 10,001 rows' }).click();
  await page.getByRole('heading', { name: '10,000 rows were imported' }).waitFor();
  expect(await seriousFaults(page)).toEqual([]);
  expect(await sql(`select count(*), max(since)::text from people`)).toEqual([['10000', '2025-12-31']]);
  await page.getByRole('link', { name: 'Open the table' }).click();
  await page.getByRole('gridcell', { name: 'Person 0', exact: true }).waitFor();
});

test("a click on a heading's mark sorts, and another one the other way", async () => {
  const heading = page.getByRole('columnheader', { name: /full_name/ });
  await heading.hover();
  await heading.locator('.g-sort').click();
  await page.waitForURL(/full_name\.asc/);
  await heading.hover();
  await heading.locator('.g-sort').click();
  await page.waitForURL(/full_name\.desc/);
  await expect.poll(async () => (await names(page))[0]).toContain('Person 9999');
});

test('rows are put together by a column, with counts and sums, and opened', async () => {
  await page.goto(`${stage.server.url}/studio/projects/default/tables/public/people?sort=["full_name.desc"]`);
  await page.getByRole('button', { name: 'Group', exact: true }).click();
  await page.getByRole('menuitem', { name: 'city' }).click();
  await page.getByText('Baghdad · Σ balance 166,700 · 3,334 rows').waitFor();
  await page.getByText(/^Cairo · Σ balance/).click();
  await page.getByRole('gridcell', { name: 'Person 9998', exact: true }).waitFor();
  expect(await seriousFaults(page)).toEqual([]);
});

const isDefault = async (): Promise<unknown> =>
  (
    await owner.ask<{ default: boolean }[]>(
      'GET',
      '/control/v1/projects/default/table-views?schema=public&table=people',
    )
  ).map((view) => view.default);

test('how the table is looked at is kept, shared, and what others see first', async () => {
  await page.getByRole('button', { name: 'Colours' }).click();
  await page.getByRole('button', { name: 'Add rule' }).click();
  const rule = page.getByRole('group', { name: 'Colour rule' });
  await rule.getByRole('combobox', { name: 'Column' }).click();
  await page.getByRole('option', { name: 'city' }).click();
  await rule.getByRole('textbox', { name: 'Value' }).fill('Cairo');
  await page.locator('.g-cell.g-tone-gray', { hasText: 'Cairo' }).first().waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Views' }).click();
  await page.getByRole('menuitem', { name: 'Save as a new view' }).click();
  await page.getByLabel('Name').fill('Cities');
  await page.getByLabel('Share it').check();
  await page.getByRole('button', { name: 'Save view' }).click();
  await page.getByRole('button', { name: 'Cities' }).click();
  await page.getByRole('menuitem', { name: 'Open the table with it' }).click();
  await expect.poll(isDefault).toEqual([true]);
});

test('what is shown is saved as a file', async () => {
  await page.getByRole('button', { name: 'Export' }).click();
  const saving = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'CSV' }).click();
  const file = await saving;
  expect(file.suggestedFilename()).toBe('people.csv');
  const lines = (await readFile(await file.path(), 'utf8')).split('\r\n');
  expect([lines.length, lines[1]]).toEqual([ROWS + 2, '10000,Person 9999,Baghdad,99.5,2025-12-31']);
});

test('one record at a time is read and written by the keyboard alone', async () => {
  await page.goto(`${stage.server.url}/studio/projects/default/tables/public/people?sort=["id.asc"]`);
  await page.getByRole('gridcell', { name: 'Person 6', exact: true }).click();
  await page.keyboard.press('Shift+Enter');
  const form = page.getByRole('region', { name: 'Form' });
  await form.getByRole('heading', { name: 'Record 7' }).waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('Mosul');
  await page.keyboard.press('PageDown');
  await form.getByRole('heading', { name: 'Record 8' }).waitFor();
  await expect.poll(() => sql('select city from people where id = 7')).toEqual([['Mosul']]);
  // What is no number stays with its reason; the field stayed the same one.
  await page.keyboard.press('Tab');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('many');
  await page.keyboard.press('Enter');
  await form.getByText('Write a number').waitFor();
  expect(await seriousFaults(page)).toEqual([]);
  await page.keyboard.press('Control+a');
  await page.keyboard.type('8');
  await page.keyboard.press('Escape');
  await form.waitFor({ state: 'detached' });
  await expect.poll(() => sql('select balance from people where id = 8')).toEqual([['8']]);
  await page.keyboard.press('Control+z');
  await expect.poll(() => sql('select balance from people where id = 8')).toEqual([['7.5']]);
});

test('two people in one grid see what the other changes, and nobody loses what they type', async () => {
  await inviteAs(owner, 'bo@example.org', 'viewer');
  await sql('alter publication supabase_realtime add table people');
  const open = `${stage.server.url}/studio/projects/default/tables/public/people?sort=["id.asc"]`;
  const other = await stage.openPage();
  await signInAs(other, stage.server.url, 'bo@example.org');
  await Promise.all([page.goto(open), other.goto(open)]);
  await Promise.all([page, other].map((one) => one.getByRole('img', { name: 'Changes of others' }).waitFor()));
  await page.getByRole('gridcell', { name: 'Person 1', exact: true }).click();
  await page.keyboard.type('Ada');
  await page.keyboard.press('Enter');
  await other.getByRole('gridcell', { name: 'Ada', exact: true }).waitFor();

  // While a cell is being written, rows stay where they are; what is typed is kept.
  await page.getByRole('gridcell', { name: 'Person 3', exact: true }).click();
  await page.keyboard.type('Half wri');
  await sql(`delete from people where id = 1; update people set city = 'Oslo' where id = 3`);
  await page.getByText('Others added or deleted rows').waitFor();
  await page.getByRole('gridcell', { name: 'Oslo' }).waitFor();
  await other.getByRole('gridcell', { name: 'Person 0', exact: true }).waitFor({ state: 'detached' });
  await page.keyboard.type('tten');
  await page.keyboard.press('Enter');
  await other.getByRole('gridcell', { name: 'Half written', exact: true }).waitFor();
  await page.getByRole('gridcell', { name: 'Person 0', exact: true }).waitFor({ state: 'detached' });
  expect(await sql(`select full_name from people where id = 4`)).toEqual([['Half written']]);
  expect(stage.faults).toEqual([]);
});

test('a table without a key is given one, and can then be changed', async () => {
  await sql(`create table loose (say text); insert into loose values ('a'), ('b')`);
  await page.goto(`${stage.server.url}/studio/projects/default/tables/public/loose`);
  await page.getByRole('note').getByRole('button', { name: 'Add a primary key' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a primary key' });
  await dialog.getByText('primary key ("id")').waitFor();
  await dialog.getByRole('button', { name: 'Add a primary key' }).click();
  await page.getByRole('gridcell', { name: 'a', exact: true }).click();
  await page.keyboard.type('c');
  await page.keyboard.press('Enter');
  const stored = (): Promise<unknown> => sql('select say from loose order by id');
  await expect.poll(stored).toEqual([['c'], ['b']]);
  expect(stage.faults).toEqual([]);
});
