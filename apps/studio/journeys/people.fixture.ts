import type { Page, RunningServer } from '@ashlar/testing';
import { OWNER, setupLink } from './studio.fixture.ts';

/** The API, as the owner of the instance. */
export interface Owner {
  readonly url: string;
  readonly organisation: string;
  readonly ask: <Body>(method: string, path: string, body?: unknown) => Promise<Body>;
}

/** Asks the API, as whoever the token is of, or nobody. */
export async function askAs<Body>(
  url: string,
  bearer: string | null,
  method: string,
  path: string,
  body?: unknown,
): Promise<Body> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`);
  // What the API documents for the path.
  return (text === '' ? null : JSON.parse(text)) as Body;
}

/** Makes the owner of an instance that has none. */
export async function askAsOwner(server: RunningServer): Promise<Owner> {
  const token = new URL(await setupLink(server)).searchParams.get('token');
  await askAs(server.url, null, 'POST', '/control/v1/setup', { token, ...OWNER });
  return ownerOf(server.url);
}

/** The owner of an instance that has one, signed in anew. */
export async function ownerOf(url: string): Promise<Owner> {
  const { email, password } = OWNER;
  const path = '/p/control/auth/v1/token?grant_type=password';
  const session = await askAs<{ access_token: string }>(url, null, 'POST', path, { email, password });
  const bearer = session.access_token;
  const account = await askAs<{ organisations: { id: string }[] }>(url, bearer, 'GET', '/control/v1/account');
  const [organisation] = account.organisations;
  if (organisation === undefined) throw new Error('The owner has no organisation');
  return {
    url,
    organisation: organisation.id,
    ask: (method, where, body) => askAs(url, bearer, method, where, body),
  };
}

/** Somebody with a role in the organisation and the owner's password. @returns Their address. */
export async function inviteAs({ url, organisation, ask }: Owner, email: string, role: string): Promise<string> {
  const path = `/control/v1/organisations/${organisation}/invitations`;
  const { token } = await ask<{ token: string }>('POST', path, { email, role });
  await askAs(url, null, 'POST', '/control/v1/invitations/accept', { token, password: OWNER.password });
  return email;
}

export async function signInAs(page: Page, url: string, email: string): Promise<void> {
  await page.goto(`${url}/studio/sign-in`);
  await page.fill('input[type=email]', email);
  await page.fill('input[type=password]', OWNER.password);
  await page.keyboard.press('Enter');
  await page.waitForURL((at) => !at.pathname.includes('sign-in'));
}
