import type { Page } from '@ashlar/testing';
import { expect, test } from 'vitest';
import { seriousFaults } from './axe.fixture.ts';
import { askAsOwner, inviteAs, signInAs } from './people.fixture.ts';
import { type Stage, useStage } from './stage.fixture.ts';
import { OWNER } from './studio.fixture.ts';

let stage: Stage;
let page: Page;
let owner: Awaited<ReturnType<typeof askAsOwner>>;

useStage({}, async (given) => {
  stage = given;
  owner = await askAsOwner(stage.server);
  page = await stage.openPage();
  await signInAs(page, stage.server.url, OWNER.email);
});

/** What the database holds, asked past the page. */
async function stored(): Promise<readonly (readonly (string | null)[])[]> {
  const sql = 'select name, city from customers order by id';
  const answer = await owner.ask<{ results: { rows: string[][] }[] }>('POST', '/control/v1/projects/shop/sql', { sql });
  return answer.results[0]?.rows ?? [];
}

const paste = (text: string): Promise<unknown> =>
  page.evaluate(`{
    const data = new DataTransfer();
    data.setData('text/plain', ${JSON.stringify(text)});
    document.activeElement.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  }`);

const TEN = Array.from({ length: 10 }, (_, at) => [`Customer ${at}`, `City ${at}`]);

test('the first step of an empty project makes a table and opens it', async () => {
  await page.goto(`${stage.server.url}/studio/?new=true`);
  await page.getByLabel('Name').fill('Shop');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/studio/projects/shop');
  await page.getByRole('link', { name: 'Create a table' }).click();
  const dialog = page.getByRole('dialog', { name: 'Create table' });
  await dialog.getByLabel('Table name').fill('customers');
  await dialog.getByRole('button', { name: 'Add column' }).click();
  await dialog.getByRole('group', { name: '', exact: true }).getByLabel('Name').fill('city');
  await dialog.getByRole('group', { name: 'name', exact: true }).getByLabel('Unique').check();
  await dialog.getByRole('button', { name: 'Show SQL' }).click();
  await dialog.getByText('enable row level security').waitFor();
  expect(await seriousFaults(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Create table' }).click();
  await page.waitForURL('**/tables/public/customers');
  await page.getByRole('grid', { name: 'customers' }).waitFor();
  expect(await seriousFaults(page)).toEqual([]);
});

test('rows are typed and pasted, taken back and done again, and are there after a reload', async () => {
  await page.getByRole('button', { name: 'Insert row' }).click();
  await page.keyboard.type('Ada');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.type('London');
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowUp');
  await page.getByText('1 row', { exact: true }).waitFor();
  await expect.poll(stored).toEqual([['Ada', 'London']]);

  await page.getByRole('button', { name: 'Insert row' }).click();
  await paste(TEN.map(([name, city]) => [name, '2026-11-21 12:00', city].join('\t')).join('\n'));
  await page.getByText('11 rows', { exact: true }).waitFor();
  await expect.poll(stored).toEqual([['Ada', 'London'], ...TEN]);
  await page.keyboard.press('Control+z');
  await page.getByText('1 row', { exact: true }).waitFor();
  await expect.poll(stored).toEqual([['Ada', 'London']]);
  await page.keyboard.press('Control+y');
  await page.getByText('11 rows', { exact: true }).waitFor();
  await expect.poll(stored).toEqual([['Ada', 'London'], ...TEN]);

  await page.reload();
  await page.getByRole('gridcell', { name: 'Customer 9' }).waitFor();
  await page.getByText('11 rows', { exact: true }).waitFor();
  expect(await seriousFaults(page)).toEqual([]);
});

test('what the database refuses stays at the cell with its reason', async () => {
  await page.getByRole('gridcell', { name: 'Customer 3' }).click();
  await page.keyboard.type('Ada');
  await page.keyboard.press('Enter');
  await page.getByRole('gridcell', { name: 'Ada' }).nth(1).click();
  await page.getByText('Another row has this value.').waitFor();
  expect((await stored())[4]).toEqual(['Customer 3', 'City 3']);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('Grace');
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await stored())[4]).toEqual(['Grace', 'City 3']);
});

test('nobody writes over what somebody else wrote meanwhile', async () => {
  const sql = `update customers set city = 'Cairo' where name = 'Customer 5'`;
  await owner.ask('POST', '/control/v1/projects/shop/sql', { sql, as: 'owner' });
  await page.getByRole('gridcell', { name: 'City 5' }).click();
  await page.keyboard.type('Oslo');
  await page.keyboard.press('Enter');
  await page.getByRole('gridcell', { name: 'Oslo' }).click();
  await page.getByText('Somebody else changed this cell').waitFor();
  await page.getByText('Cairo').waitFor();
  expect((await stored())[6]).toEqual(['Customer 5', 'Cairo']);
  await page.getByRole('button', { name: 'Keep mine' }).click();
  await expect.poll(async () => (await stored())[6]).toEqual(['Customer 5', 'Oslo']);
});

test('filter and order are in the address', async () => {
  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  await page.getByRole('textbox', { name: 'Value' }).fill('customer');
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByText('9 rows', { exact: true }).waitFor();
  await page.reload();
  await page.getByText('9 rows', { exact: true }).waitFor();
  expect(await seriousFaults(page)).toEqual([]);
  await page.getByRole('button', { name: 'Filter (1)' }).click();
  await page.getByRole('button', { name: 'Clear the filter' }).click();
  await page.getByText('11 rows', { exact: true }).waitFor();
});

test('ticked rows are deleted together, and come back', async () => {
  const before = await stored();
  await page.locator('.g-row', { hasText: 'Customer 7' }).locator('.g-tick').click();
  await page.locator('.g-row', { hasText: 'Customer 8' }).locator('.g-tick').click();
  await page.getByRole('button', { name: 'Delete 2 rows' }).click();
  await page.getByText('9 rows', { exact: true }).waitFor();
  expect(await stored()).toHaveLength(9);
  await page.getByRole('status').getByRole('button', { name: 'Undo' }).click();
  await page.getByText('11 rows', { exact: true }).waitFor();
  expect(await stored()).toEqual(before);
});

test('columns are added, renamed and dropped after a look at what that does', async () => {
  await page.getByRole('button', { name: 'Table actions' }).click();
  await page.getByRole('menuitem', { name: 'Add column' }).click();
  const adding = page.getByRole('dialog', { name: 'Add column' });
  await adding.getByLabel('Name').fill('phone');
  await adding.getByText('add column "phone" text').waitFor();
  expect(await seriousFaults(page)).toEqual([]);
  await adding.getByRole('button', { name: 'Add column' }).click();
  const header = page.getByRole('columnheader', { name: /phone/ });
  await header.waitFor();

  await header.click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Edit column' }).click();
  const editing = page.getByRole('dialog', { name: 'Edit column' });
  await editing.getByLabel('Name').fill('mobile');
  await editing.getByText('rename column "phone" to "mobile"').waitFor();
  await editing.getByRole('button', { name: 'Save changes' }).click();
  const renamed = page.getByRole('columnheader', { name: /mobile/ });
  await renamed.waitFor();

  await renamed.click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Drop column' }).click();
  const dropping = page.getByRole('dialog', { name: 'Drop column' });
  await dropping.getByText('drop column "mobile"').waitFor();
  await dropping.getByLabel('Type mobile to confirm').fill('mobile');
  await dropping.getByRole('button', { name: 'Drop column' }).click();
  await renamed.waitFor({ state: 'detached' });
});

test('a table of a million rows opens at once, says about how many there are, and is gone through to its last row', async () => {
  const sql = `create table public.readings as
    select n::integer as id, 'Sensor ' || n % 97 as sensor, n % 1000 as value from generate_series(1, 1000000) n;
    alter table public.readings add primary key (id);
    alter table public.readings enable row level security;
    analyze public.readings`;
  await owner.ask('POST', '/control/v1/projects/shop/sql', { sql, as: 'owner' });
  await page.goto(`${stage.server.url}/studio/projects/shop/tables/public/readings`);
  await page.getByRole('gridcell', { name: 'Sensor 1', exact: true }).waitFor();
  await page
    .getByText(/1,000,000|1M/)
    .first()
    .waitFor();
  await page.getByRole('gridcell', { name: 'Sensor 1', exact: true }).click();
  await page.keyboard.press('Control+End');
  await page.getByRole('gridcell', { name: '1,000,000', exact: true }).waitFor();
  await page.keyboard.press('Control+Home');
  await page.getByRole('gridcell', { name: 'Sensor 1', exact: true }).waitFor();
  expect(await seriousFaults(page)).toEqual([]);
});

test('who may only view sees the rows and why they cannot change them', async () => {
  const invited = await inviteAs(owner, 'viewer@example.org', 'viewer');
  const guest = await stage.openPage();
  await signInAs(guest, stage.server.url, invited);
  await guest.goto(`${stage.server.url}/studio/projects/shop/tables/public/customers`);
  await guest.getByRole('gridcell', { name: 'Customer 9' }).waitFor();
  await guest.getByText('takes the role developer').waitFor();
  expect(await guest.getByRole('button', { name: /Insert row|New table|Table actions|Undo/ }).count()).toBe(0);
  await guest.getByRole('gridcell', { name: 'Customer 9' }).click();
  await guest.keyboard.type('Mallory');
  expect(await guest.getByText('Mallory').count()).toBe(0);
  expect(stage.faults).toEqual([]);
});
