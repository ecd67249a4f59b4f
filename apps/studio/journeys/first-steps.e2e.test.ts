import type { Page } from '@ashlar/testing';
import { expect, test } from 'vitest';
import { seriousFaults } from './axe.fixture.ts';
import { type Stage, useStage } from './stage.fixture.ts';
import { OWNER, setupLink } from './studio.fixture.ts';

let stage: Stage;
let page: Page;

useStage({}, async (given) => {
  stage = given;
  page = await stage.openPage();
});

const path = (): string => new URL(page.url()).pathname;

test('the setup link makes the owner and leads to the projects, and its token stays in no address', async () => {
  const link = await setupLink(stage.server);
  await page.goto(link);
  await page.getByLabel('Organisation').fill(OWNER.organisation);
  expect(page.url()).not.toContain('token');
  expect(await seriousFaults(page)).toEqual([]);
  await page.getByLabel('E-mail address').fill(OWNER.email);
  await page.getByLabel('Password', { exact: true }).fill(OWNER.password);
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: /Default project/ }).waitFor();
  expect(path()).toBe('/studio/');
  expect(await seriousFaults(page)).toEqual([]);

  await page.goto(link);
  await page.getByRole('heading', { name: 'This instance has an owner' }).waitFor();
});

test('no script of the page can read the session', async () => {
  const stored = await page.evaluate<string>('document.cookie + JSON.stringify(localStorage)');
  expect(stored).not.toMatch(/eyJ|refresh/);
  const cookies = await page.context().cookies();
  expect(Object.fromEntries(cookies.map(({ name, httpOnly }) => [name, httpOnly]))).toEqual({
    'ashlar-control-access': true,
    'ashlar-control-refresh': true,
  });
});

test('who signs out is asked to sign in, and comes back to the address they wanted', async () => {
  await page.goto(`${stage.server.url}/studio/projects/default/keys`);
  await page.getByRole('button', { name: 'Account', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.waitForURL('**/studio/sign-in');
  expect(await page.context().cookies()).toEqual([]);

  await page.goto(`${stage.server.url}/studio/projects/default/keys`);
  await page.getByLabel('E-mail address').fill(OWNER.email);
  await page.getByLabel('Password', { exact: true }).fill('not the password');
  await page.keyboard.press('Enter');
  await page.getByText('The address or the password is not right.').waitFor();
  expect(await seriousFaults(page)).toEqual([]);
  await page.getByLabel('Password', { exact: true }).fill(OWNER.password);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'New key' }).waitFor();
  expect(path()).toBe('/studio/projects/default/keys');
});

test('an access token past its time is renewed without a word', async () => {
  const [access] = (await page.context().cookies()).filter(({ name }) => name === 'ashlar-control-access');
  if (access === undefined) throw new Error('There is no access token');
  await page.context().addCookies([{ ...access, value: 'eyJhbGciOiJub25lIn0.e30.x' }]);
  await page.reload();
  await page.getByRole('button', { name: 'New key' }).waitFor();
  const renewed = (await page.context().cookies()).find(({ name }) => name === 'ashlar-control-access');
  expect(renewed?.value).not.toBe(access.value);
});

test('a project is made with the keyboard alone, by way of the palette', async () => {
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder('Go to a page or do something').waitFor();
  expect(await seriousFaults(page)).toEqual([]);
  await page.keyboard.type('new pro');
  await page.getByRole('option', { name: 'New project' }).and(page.locator('[data-combobox-selected]')).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'New project' }).waitFor();
  await page.keyboard.type('North shop');
  await expect.poll(() => page.getByLabel('Reference').inputValue()).toBe('north-shop');
  expect(await seriousFaults(page)).toEqual([]);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/studio/projects/north-shop');
  await page.getByRole('heading', { name: 'Connect an application' }).waitFor();
  expect(await seriousFaults(page)).toEqual([]);
});

test('a key that is made is shown once, and opens the project', async () => {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'API keys' }).click();
  await page.getByRole('button', { name: 'New key' }).click();
  await page.getByLabel('Name').fill('Nightly import');
  await page.getByLabel('Secret').check();
  await page.getByRole('button', { name: 'Create key' }).click();
  const shown = page.getByRole('dialog', { name: 'Take the key now' });
  const key = (await shown.locator('code').textContent()) ?? '';
  expect(await seriousFaults(page)).toEqual([]);
  await page.getByRole('button', { name: 'I have it' }).click();
  await page.getByRole('cell', { name: 'Nightly import', exact: true }).waitFor();
  expect(await page.content()).not.toContain(key);
  const ask = async (): Promise<number> =>
    (
      await fetch(`${stage.server.url}/p/north-shop/auth/v1/admin/users`, {
        headers: { apikey: key, authorization: `Bearer ${key}` },
      })
    ).status;
  await expect.poll(ask).toBe(200);
  expect(await seriousFaults(page)).toEqual([]);

  await page.getByRole('button', { name: 'Actions for Nightly import' }).click();
  await page.getByRole('menuitem', { name: 'Revoke' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('cell', { name: 'Revoked' }).waitFor();
  await expect.poll(ask).toBe(401);
});

test('SQL is written with completion and run, its mistakes are marked, and what was run is in the log', async () => {
  await page.goto(
    `${stage.server.url}/studio/projects/north-shop/sql?q=${encodeURIComponent('create table notes (id int);')}`,
  );
  await page.locator('input[aria-label="Run as"]').click();
  await page.getByRole('option', { name: 'Owner of the project' }).click();
  const editor = page.getByLabel('SQL to run');
  await editor.getByText('notes').waitFor();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByText(/^CREATE.* in .* ms$/).waitFor();

  await page.reload();
  await editor.fill('-- a mistake\nselect nothing from no');
  await editor.press('End');
  await page.keyboard.type('t');
  await page.getByRole('option', { name: /^notes/ }).waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.type('es');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+Enter');
  await page.getByRole('button', { name: 'Line 2' }).waitFor();
  await page.getByText('42703').waitFor();
  expect(await seriousFaults(page)).toEqual([]);

  await editor.fill("select n, 'row ' || n as label from generate_series(1, 300) n");
  await editor.press('Control+Enter');
  await page.getByText('300 rows in').waitFor();
  await page.getByText('row 2', { exact: true }).first().waitFor();
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: /^Explain ?How/ }).click();
  await page.getByText('Function Scan on').first().waitFor();

  await page.goto(`${stage.server.url}/studio/projects/north-shop/advisors`);
  await page.getByText('cannot be told apart').first().waitFor();
  expect(await seriousFaults(page)).toEqual([]);
  await page.goto(`${stage.server.url}/studio`);
  await page.getByRole('link', { name: 'Audit log' }).click();
  await page.getByText('generate_series').first().waitFor();
  expect(await seriousFaults(page)).toEqual([]);
});

test('somebody invited as a viewer joins and finds nothing that changes anything', async () => {
  await page.goto(`${stage.server.url}/studio`);
  await page.getByRole('link', { name: 'Members' }).click();
  await page.getByRole('button', { name: 'Invite' }).click();
  await page.getByLabel('E-mail address').fill('grace@example.org');
  await page.getByLabel('Viewer').check();
  await page.getByRole('button', { name: 'Make the invitation' }).click();
  const link = (await page.getByRole('dialog').locator('code').textContent()) ?? '';
  await page.getByRole('button', { name: 'I have it' }).click();
  expect(await seriousFaults(page)).toEqual([]);

  const guest = await stage.openPage();
  await guest.goto(link);
  await guest.getByLabel('Password', { exact: true }).fill(OWNER.password);
  await guest.getByRole('button', { name: 'Join' }).click();
  await guest.getByRole('link', { name: /North shop/ }).click();
  await guest.getByRole('heading', { name: 'Connect an application' }).waitFor();
  expect(await guest.getByRole('link', { name: 'API keys' }).count()).toBe(0);
  await guest.goto(`${stage.server.url}/studio/projects/north-shop/keys`);
  await guest.getByRole('heading', { name: 'Your role does not allow this' }).waitFor();
  await guest.goto(`${stage.server.url}/studio/projects/north-shop/settings`);
  await guest.getByLabel('Reference').waitFor();
  expect(await guest.getByRole('button', { name: /Pause|Delete/ }).count()).toBe(0);
  await guest.goto(`${stage.server.url}/studio`);
  await guest.getByRole('link', { name: /North shop/ }).waitFor();
  expect(await guest.getByRole('button', { name: 'New project' }).count()).toBe(0);
  await guest.context().close();
});

test('language, direction and theme change at once and are remembered', async () => {
  await page.goto(`${stage.server.url}/studio/projects/north-shop`);
  await page.getByRole('button', { name: 'Account', exact: true }).click();
  await page.getByRole('menuitem', { name: 'العربية' }).click();
  await page.getByRole('heading', { name: 'اربط تطبيقًا' }).waitFor();
  await page.getByRole('button', { name: 'الحساب', exact: true }).click();
  await page.getByRole('menuitem', { name: 'داكن' }).click();
  await page.keyboard.press('Escape');
  const look = (): Promise<unknown> =>
    page.evaluate(
      `[document.documentElement.dir, document.documentElement.lang, document.documentElement.dataset.mantineColorScheme]`,
    );
  await expect.poll(look).toEqual(['rtl', 'ar', 'dark']);
  expect(await seriousFaults(page)).toEqual([]);
  await page.reload();
  await page.getByRole('heading', { name: 'اربط تطبيقًا' }).waitFor();
  expect(await look()).toEqual(['rtl', 'ar', 'dark']);
  const start = await page.getByRole('navigation', { name: 'الرئيسية' }).boundingBox();
  expect(start?.x).toBeGreaterThan(640);
});

test('addresses that lead nowhere say so, and no page broke the policy or threw', async () => {
  await page.goto(`${stage.server.url}/studio/projects/nothing-here`);
  await page.getByRole('heading', { name: 'لا توجد صفحة بهذا العنوان' }).waitFor();
  await page.goto(`${stage.server.url}/studio/no/such/page`);
  await page.getByRole('heading', { name: 'لا توجد صفحة بهذا العنوان' }).waitFor();
  expect(stage.faults).toEqual([]);
});
