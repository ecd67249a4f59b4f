import type { Page } from '@ashlar/testing';
import { expect, test } from 'vitest';
import { seriousFaults } from './axe.fixture.ts';
import { askAsOwner, inviteAs, type Owner, signInAs } from './people.fixture.ts';
import { type Stage, useStage } from './stage.fixture.ts';
import { OWNER } from './studio.fixture.ts';

const ZOE = 'zoe@example.org';
let stage: Stage;
let owner: Owner;
let page: Page;

useStage({}, async (given) => {
  stage = given;
  owner = await askAsOwner(stage.server);
  page = await stage.openPage();
  await signInAs(page, stage.server.url, OWNER.email);
});

const users = (): string => `${stage.server.url}/studio/projects/default/users`;

function signInAsZoe(): Promise<Response> {
  return fetch(`${stage.server.url}/auth/v1/token?grant_type=password`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: ZOE, password: OWNER.password }),
  });
}

test('the address of all projects leads to their list', async () => {
  await page.goto(`${stage.server.url}/studio/projects`);
  await page.getByRole('link', { name: /Default project/ }).waitFor();
  expect(new URL(page.url()).pathname).toBe('/studio/');
});

test('a user is added, signs in, is found, and their session is ended', async () => {
  await page.goto(users());
  await page.getByRole('heading', { name: 'No users yet' }).waitFor();
  expect(await seriousFaults(page)).toEqual([]);
  await page.getByRole('button', { name: 'Add user' }).last().click();
  const dialog = page.getByRole('dialog', { name: 'Add a user' });
  await dialog.getByLabel('E-mail address').fill(ZOE);
  await dialog.getByLabel('Password', { exact: true }).fill(OWNER.password);
  expect(await seriousFaults(page)).toEqual([]);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: ZOE }).last().waitFor();
  expect((await signInAsZoe()).status).toBe(200);

  await page.goto(`${users()}?q=zo`);
  expect(await seriousFaults(page)).toEqual([]);
  await page.getByRole('link', { name: ZOE }).click();
  await page.getByRole('button', { name: /^End the session/ }).click();
  await page.getByText('Nobody is signed in as this user.').waitFor();
  expect(await seriousFaults(page)).toEqual([]);
});

test('who acts as a user gets a token once, is seen in the sessions, and ends it there', async () => {
  await page.getByRole('button', { name: 'Act as this user' }).click();
  await page.getByLabel('Reason').fill('ticket 7');
  await page.keyboard.press('Enter');
  const shown = page.getByRole('dialog', { name: `You act as ${ZOE}` });
  const token = (await shown.locator('code').textContent()) ?? '';
  const asZoe = async (): Promise<number> =>
    (await fetch(`${stage.server.url}/auth/v1/user`, { headers: { authorization: `Bearer ${token}` } })).status;
  expect(await asZoe()).toBe(200);
  expect(await seriousFaults(page)).toEqual([]);
  await shown.getByRole('button', { name: 'I have it' }).click();
  await page.getByText(`${OWNER.email} acts in this user’s name`).waitFor();
  expect(await page.content()).not.toContain(token);
  await page.getByRole('button', { name: /^End the session/ }).click();
  await expect.poll(asZoe).toBe(403);
});

test('a ban keeps a user out until it is lifted', async () => {
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Ban' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Ban' }).click();
  await page.getByText('Banned', { exact: true }).waitFor();
  expect((await signInAsZoe()).status).toBe(400);
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Lift the ban' }).click();
  await page.getByText('Active', { exact: true }).waitFor();
  expect((await signInAsZoe()).status).toBe(200);
});

test('an organisation gets a role of its own and a member who holds it', async () => {
  await page.goto(`${users()}/organisations`);
  await page.getByRole('button', { name: 'New organisation' }).click();
  await page.getByLabel('Name in English').fill('North branch');
  await page.keyboard.press('Enter');
  await page.getByText('Nobody belongs to it yet.').waitFor();
  await page.getByRole('button', { name: 'New role' }).click();
  await page.getByLabel('Name in English').fill('Shelf keeper');
  await page.getByRole('dialog').getByLabel('Permissions').first().click();
  await page.getByRole('option', { name: /^identity\.read/ }).click();
  await page.keyboard.press('Escape');
  expect(await seriousFaults(page)).toEqual([]);
  await page.getByRole('button', { name: 'Save role' }).click();
  await page.getByText('shelf-keeper').waitFor();
  await page.getByRole('button', { name: 'Add member' }).click();
  await page.getByRole('dialog').getByLabel('User').first().fill('zo');
  await page.getByRole('option', { name: ZOE }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Add member' }).click();
  await page.getByRole('button', { name: `Actions for ${ZOE}` }).click();
  await page.getByRole('menuitem', { name: 'Shelf keeper' }).click();
  await page.getByRole('button', { name: `Take Shelf keeper from ${ZOE}` }).waitFor();
  expect(await seriousFaults(page)).toEqual([]);
});

test('a provider is set up without its secret ever being told, and mails are changed and seen', async () => {
  await page.goto(`${stage.server.url}/studio/projects/default/settings/sign-in`);
  await page.getByRole('button', { name: 'Add provider' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add provider' });
  await dialog.getByLabel('Client id').fill('client-7');
  await dialog.getByLabel('Client secret', { exact: true }).fill('hush-hush');
  await dialog.getByRole('button', { name: 'Save provider' }).click();
  await page.getByText('client-7').waitFor();
  expect(await seriousFaults(page)).toEqual([]);
  await page.reload();
  await page.getByText('client-7').waitFor();
  expect(await page.content()).not.toContain('hush-hush');

  await page.getByRole('link', { name: 'Mail', exact: true }).click();
  await page.getByRole('button', { name: 'Write my own' }).click();
  await page.getByLabel('Text (HTML)').fill('<p>Your code: {{ .Token }}</p>');
  await page.frameLocator('iframe').getByText('Your code: 123456').waitFor();
  await page.getByRole('button', { name: 'Save mail' }).click();
  await page.getByRole('button', { name: 'Back to the one that comes' }).waitFor();
  expect(await seriousFaults(page)).toEqual([]);

  await page.getByRole('link', { name: 'Limits', exact: true }).click();
  await page.getByLabel('Sign-ups').fill('12');
  await page.getByRole('button', { name: 'Save' }).click();
  const path = '/control/v1/projects/default/auth/admin/settings/protection';
  await expect.poll(() => owner.ask('GET', path)).toMatchObject({ value: { signUpsPerHour: 12, signInsPerHour: 360 } });
  expect(await seriousFaults(page)).toEqual([]);
});

test('who may only view sees who there is, and nothing that changes or reveals more', async () => {
  const guest = await stage.openPage();
  await signInAs(guest, stage.server.url, await inviteAs(owner, 'viewer@example.org', 'viewer'));
  await guest.goto(users());
  await guest.getByRole('link', { name: ZOE }).click();
  await guest.getByText('It takes the role Developer to see this.').waitFor();
  expect(await guest.getByRole('button', { name: /Act as|More actions|End|Remove|Save/ }).count()).toBe(0);
  await guest.goto(`${users()}/organisations`);
  await guest.getByRole('link', { name: 'North branch' }).click();
  await guest.getByText('shelf-keeper').waitFor();
  expect(await guest.getByRole('button', { name: /Add|New|Suspend|Take|Actions for/ }).count()).toBe(0);
  await guest.goto(`${stage.server.url}/studio/projects/default/settings/mail`);
  await guest.getByRole('heading', { name: 'Your role does not allow this' }).waitFor();
  expect(stage.faults).toEqual([]);
});
