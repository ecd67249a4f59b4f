import type { RunningServer } from '@ashlar/testing';
import { OWNER } from './studio.fixture.ts';

/** An owner, projects, keys and people to look at. @returns The id of the organisation. */
export async function seed({ url }: Pick<RunningServer, 'url'>, token: string): Promise<string> {
  let bearer = '';
  async function ask<Body>(method: string, path: string, body?: unknown): Promise<Body> {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(bearer === '' ? {} : { authorization: `Bearer ${bearer}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${await response.text()}`);
    const text = await response.text();
    // What the API documents for the path.
    return (text === '' ? null : JSON.parse(text)) as Body;
  }

  const { organisation } = await ask<{ organisation: { id: string } }>('POST', '/control/v1/setup', {
    token,
    ...OWNER,
  });
  const { email, password } = OWNER;
  const session = await ask<{ access_token: string }>('POST', '/p/control/auth/v1/token?grant_type=password', {
    email,
    password,
  });
  bearer = session.access_token;
  const projects = `/control/v1/organisations/${organisation.id}/projects`;
  await ask('POST', projects, { ref: 'north', name: 'متجر الشمال' });
  await ask('POST', projects, { ref: 'warehouse-2026', name: 'Warehouse with a name that is rather long for a list' });
  await ask('POST', '/control/v1/projects/north/pause');
  await ask('POST', '/control/v1/projects/default/keys', { kind: 'publishable', name: 'Web shop' });
  await ask('POST', '/control/v1/projects/default/keys', { kind: 'secret', name: 'Nightly import' });
  const invitations = `/control/v1/organisations/${organisation.id}/invitations`;
  const grace = await ask<{ token: string }>('POST', invitations, { email: 'grace@example.org', role: 'developer' });
  await ask('POST', invitations, { email: 'katherine.johnson@example.org', role: 'viewer' });
  bearer = '';
  await ask('POST', '/control/v1/invitations/accept', { token: grace.token, password });
  return organisation.id;
}
