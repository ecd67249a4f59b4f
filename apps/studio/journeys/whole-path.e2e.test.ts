import type { Page } from '@ashlar/testing';
import { expect, test, vi } from 'vitest';
import { seriousFaults } from './axe.fixture.ts';
import { chooseByKeys, goByPalette, press, tabTo } from './keyboard.fixture.ts';
import { askAs, inviteAs, ownerOf, type Owner, signInAs } from './people.fixture.ts';
import { type Stage, useStage } from './stage.fixture.ts';
import { OWNER, setupLink } from './studio.fixture.ts';
import { changesOf, HARMLESS, pagesOf } from './viewer.fixture.ts';

// From an empty instance to a call an application makes: once by keyboard alone, once in Arabic.
vi.setConfig({ testTimeout: 240_000 });
const ROWS = 10_000;
const PASTED = 500;
const ZOE = 'zoe@example.org';

let stage: Stage;
let page: Page;
let owner: Owner;
/** Of the user of the application. */
let zoe: { readonly id: string; readonly token: string };

useStage({ width: 1440, height: 900, permissions: ['clipboard-read', 'clipboard-write'] }, async (given) => {
  stage = given;
  page = await stage.openPage();
});

async function sql(text: string): Promise<readonly (readonly (string | null)[])[]> {
  const answer = await owner.ask<{ results: { rows: string[][] }[] }>('POST', '/control/v1/projects/default/sql', {
    sql: text,
    as: 'owner',
  });
  return answer.results[0]?.rows ?? [];
}

/** Through the clipboard, as from a spreadsheet. */
async function paste(rows: readonly (readonly string[])[]): Promise<void> {
  const text = rows.map((cells) => cells.join('\t')).join('\n');
  await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
  await page.keyboard.press('Control+v');
}

test('by keyboard alone: the first owner, and a table made from the first screen', async () => {
  await page.goto(await setupLink(stage.server));
  await tabTo(page, page.getByLabel('Organisation'));
  for (const text of [OWNER.organisation, OWNER.email, OWNER.password]) {
    await page.keyboard.type(text);
    await page.keyboard.press('Tab');
  }
  await press(page, page.getByRole('button', { name: 'Create the owner' }));
  await press(page, page.getByRole('link', { name: /Default project/ }));
  owner = await ownerOf(stage.server.url);
  const user = { email: ZOE, password: OWNER.password, email_confirm: true };
  const { id } = await owner.ask<{ id: string }>('POST', '/control/v1/projects/default/auth/admin/users', user);
  const session = await askAs<{ access_token: string }>(
    stage.server.url,
    null,
    'POST',
    '/auth/v1/token?grant_type=password',
    user,
  );
  zoe = { id, token: session.access_token };

  await press(page, page.getByRole('link', { name: 'Create a table' }));
  const dialog = page.getByRole('dialog', { name: 'Create table' });
  await tabTo(page, dialog.getByLabel('Table name'));
  await page.keyboard.type('people');
  await press(page, dialog.getByRole('button', { name: 'Add column' }));
  const added = dialog.getByRole('group', { name: '', exact: true });
  await tabTo(page, added.getByLabel('Name'));
  await page.keyboard.type('user_id');
  const column = dialog.getByRole('group', { name: 'user_id', exact: true });
  await tabTo(page, column.getByLabel('Type'));
  await page.keyboard.press('Control+a');
  await page.keyboard.type('uuid');
  await page.keyboard.press('Tab');
  await press(page, dialog.getByRole('button', { name: 'Create table' }));
  await page.getByRole('grid', { name: 'people' }).waitFor();
  expect(await seriousFaults(page)).toEqual([]);
});

test('ten thousand rows from a file, a thousand cells pasted, and the paste taken back', async () => {
  await goByPalette(page, 'import', 'Import a file');
  const lines = Array.from({ length: ROWS }, (_, at) => `Person ${at},${at % 10 === 0 ? zoe.id : ''}`);
  const file = { name: 'staff.csv', mimeType: 'text/csv', buffer: Buffer.from(`name,user_id\n${lines.join('\n')}\n`) };
  const chooser = page.waitForEvent('filechooser');
  await press(page, page.getByRole('button', { name: 'Choose a file' }));
  await (await chooser).setFiles(file);
  await page.getByText('10,000 rows, 2 columns').waitFor();
  await chooseByKeys(page, page.getByRole('combobox', { name: 'Into' }), 'people');
  expect(await seriousFaults(page)).toEqual([]);
  await press(page, page.getByRole('button', { name: 'Import 10,000 rows' }));
  await page.getByRole('heading', { name: '10,000 rows were imported' }).waitFor();
  await press(page, page.getByRole('link', { name: 'Open the table' }));
  await page.getByText('10,000 rows', { exact: true }).waitFor();

  await press(page, page.getByRole('button', { name: 'Insert row' }));
  await paste(Array.from({ length: PASTED }, (_, at) => [`Pasted ${at}`, '2026-11-21 12:00']));
  await page.getByText('10,500 rows', { exact: true }).waitFor();
  const pasted = `select count(*), count(*) filter (where created_at = '2026-11-21 12:00') from people where name like 'Pasted%'`;
  await expect.poll(() => sql(pasted)).toEqual([['500', '500']]);
  await page.keyboard.press('Control+z');
  await page.getByText('10,000 rows', { exact: true }).waitFor();
  await expect.poll(() => sql(pasted)).toEqual([['0', '0']]);
  expect(await sql('select count(*) from people')).toEqual([['10000']]);
});

test('a policy, the table through a user’s eyes, and the call of an application that shows the same', async () => {
  await goByPalette(page, 'schema', 'Schema');
  await press(page, page.getByRole('button', { name: 'New policy' }));
  const dialog = page.getByRole('dialog', { name: 'New policy' });
  await chooseByKeys(page, dialog.getByLabel('Table', { exact: true }), 'people');
  await dialog.getByText('using ((select auth.uid()) = "user_id")').waitFor();
  await tabTo(page, dialog.getByPlaceholder('User: address or id'));
  await page.keyboard.type('zo');
  await page.getByRole('option', { name: ZOE }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await dialog.getByText('2 of the first 20 rows: allowed').waitFor();
  expect(await seriousFaults(page)).toEqual([]);
  await press(page, dialog.getByRole('button', { name: 'Create' }));
  await page.getByRole('row', { name: /Own rows/ }).waitFor();

  await goByPalette(page, 'tables', 'Tables');
  await press(page, page.getByRole('link', { name: /^people/ }));
  await press(page, page.getByRole('button', { name: 'View as' }));
  await chooseByKeys(page, page.getByRole('combobox', { name: 'As whom' }), 'Signed-in user');
  await tabTo(page, page.getByPlaceholder('User: address or id'));
  await page.keyboard.type(zoe.id);
  await press(page, page.getByRole('button', { name: 'Show', exact: true }));
  await page.getByText(`This is what the signed-in user ${zoe.id} sees.`).waitFor();
  await page.getByText('1,000 rows', { exact: true }).waitFor();
  expect(await seriousFaults(page)).toEqual([]);

  await goByPalette(page, 'api', 'API');
  await press(page, page.getByRole('link', { name: 'people' }));
  await tabTo(page, page.getByRole('radio', { name: 'supabase-js' }));
  await page.keyboard.press('ArrowRight');
  const call = await page.getByRole('group', { name: 'Read rows' }).locator('code').textContent();
  const [, address = '', key = ''] = /curl '([^']+)'[^]*apikey: ([^']+)'/.exec(call ?? '') ?? [];
  const rowsFor = async (bearer: string): Promise<string | null> => {
    const headers = { apikey: key, authorization: `Bearer ${bearer}`, prefer: 'count=exact' };
    return (await fetch(address, { headers })).headers.get('content-range');
  };
  expect(await rowsFor(zoe.token)).toBe('0-9/1000');
  expect(await rowsFor(key)).toBe('*/0');
  expect(await seriousFaults(page)).toEqual([]);
  expect(stage.faults).toEqual([]);
});

const cities = (): Promise<unknown> => sql('select name from cities order by id');

test('the same in Arabic, from right to left', async () => {
  page = await stage.openPage();
  await page.addInitScript(`localStorage.setItem('ashlar.language', 'ar')`);
  await signInAs(page, stage.server.url, OWNER.email);
  const isMirrored = async (): Promise<void> => {
    expect(await page.evaluate('[document.documentElement.dir, document.documentElement.lang].join()')).toBe('rtl,ar');
    const sidebar = await page.getByRole('navigation', { name: 'الرئيسية' }).boundingBox();
    expect(sidebar?.x).toBeGreaterThan(1_000);
    expect(await seriousFaults(page)).toEqual([]);
  };
  await page.goto(`${stage.server.url}/studio/projects/default`);
  await page.getByRole('link', { name: 'أنشئ جدولًا' }).click();
  const dialog = page.getByRole('dialog', { name: 'أنشئ جدولًا' });
  await dialog.getByLabel('اسم الجدول').fill('cities');
  await dialog.getByRole('button', { name: 'أنشئ جدولًا' }).click();
  await page.getByRole('grid', { name: 'cities' }).waitFor();
  await page.getByRole('button', { name: 'أدرج صفًا' }).click();
  await paste([['بغداد'], ['القاهرة'], ['دمشق']]);
  await expect.poll(cities).toEqual([['بغداد'], ['القاهرة'], ['دمشق']]);
  await page.getByRole('gridcell', { name: 'القاهرة' }).waitFor();
  await isMirrored();
  const first = await page.getByRole('columnheader', { name: /^id/ }).boundingBox();
  const second = await page.getByRole('columnheader', { name: /^name/ }).boundingBox();
  expect(first?.x).toBeGreaterThan(second?.x ?? Infinity);
  await page.keyboard.press('Control+z');
  await expect.poll(cities).toEqual([]);

  await page.goto(`${stage.server.url}/studio/projects/default/schema?of=public.people`);
  await page.getByRole('row', { name: /Own rows/ }).waitFor();
  await isMirrored();
  await page.goto(`${stage.server.url}/studio/projects/default/tables/public/people`);
  await page.getByRole('button', { name: 'العرض بصفة' }).click();
  await page.getByRole('button', { name: 'اعرض', exact: true }).click();
  await page.getByText('هذا ما يراه مستدعٍ مجهول.').waitFor();
  await isMirrored();
  await page.goto(`${stage.server.url}/studio/projects/default/api?of=table+people`);
  await page.getByRole('group', { name: 'قراءة صفوف' }).locator('code').waitFor();
  await isMirrored();
  expect(stage.faults).toEqual([]);
});

test('who has the role viewer finds nothing on any page that changes anything, and is refused by the API', async () => {
  const viewer = await inviteAs(owner, 'viewer@example.org', 'viewer');
  page = await stage.openPage();
  await signInAs(page, stage.server.url, viewer);
  const offered: Record<string, unknown> = {};
  for (const path of pagesOf(owner.organisation, zoe.id)) {
    await page.goto(`${stage.server.url}/studio${path}`);
    await page.locator('main').waitFor();
    await page.waitForLoadState('networkidle');
    const names = await page.evaluate<string[]>(`[...document.querySelectorAll(
        'main :is(button, [role=button], [role=switch], input, textarea, select), [role=dialog] *')]
      .filter((one) => !one.disabled && !one.readOnly && one.type !== 'hidden' && one.type !== 'file'
        && one.checkVisibility())
      .map((one) => (one.ariaLabel ?? one.labels?.[0]?.textContent ?? one.textContent).trim())`);
    const harmful = names.filter((name) => !HARMLESS.test(name));
    if (harmful.length > 0) offered[path] = harmful;
    const serious = await seriousFaults(page);
    if (serious.length > 0) offered[`faults of ${path}`] = serious;
  }
  expect(offered).toEqual({});
  await page.keyboard.press('Control+k');
  await page.getByRole('option', { name: 'Projects', exact: true }).waitFor();
  expect(await page.getByRole('option', { name: /New project|Import|API keys|Audit/ }).count()).toBe(0);
  expect(stage.faults).toEqual([]);

  const credentials = { email: viewer, password: OWNER.password };
  const signedIn = '/p/control/auth/v1/token?grant_type=password';
  const { access_token: bearer } = await askAs<{ access_token: string }>(
    stage.server.url,
    null,
    'POST',
    signedIn,
    credentials,
  );
  const answers = await Promise.all(
    changesOf(owner.organisation, zoe.id).map(([method, path, body]) => tried(bearer, method, path, body)),
  );
  expect(answers.filter((answer) => !answer.endsWith(' 403'))).toEqual([]);
  const deleted = { sql: 'delete from people' };
  expect(await tried(bearer, 'POST', '/projects/default/sql', deleted)).toMatch(/ 4\d\d$/);
  expect(await sql('select count(*) from people')).toEqual([['10000']]);
});

/** @returns What was asked, and the status of the answer. */
async function tried(bearer: string, method: string, path: string, body?: unknown): Promise<string> {
  const response = await fetch(`${stage.server.url}/control/v1${path}`, {
    method,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${bearer}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return `${method} ${path} ${response.status}`;
}
