import { OWNER } from './studio.fixture.ts';

const SCHEMA_KINDS = ['policies', 'keys', 'indexes', 'enums', 'functions', 'triggers', 'diagram'];

/** What may be pressed or typed into by who only views: it changes what they see, or what is their own, such as leaving. */
export const HARMLESS =
  /^(|Only .*|Actions for viewer@example\.org|Filter.*|Group|Columns|Colours|Views|View as|Export.*|Form|Read again|Refresh.*|Table actions|Reader|Run.*|Saved|History|More|As whom|Rows at most|Time limit|SQL to run|Check again|Cop(y|ied).*|Search.*|Find .*|Sort.*|Clear.*|Tick.*|supabase-js|curl|GraphQL|Drawing|List|Address, phone.*|Every .*|Everybody|Back.*|Open .*|zoom .*|fit view|Next.*|Previous.*)$/i;

/** Every page below `/studio` of an instance with the project `default` and its table `people`. */
export function pagesOf(organisation: string, user: string): readonly string[] {
  const inProject = `/tables /tables/public/people /import /sql /api /api?of=table+people /api/graphql /users
    /users/${user} /users/organisations /advisors /keys /settings /settings/sign-in /settings/mail /settings/limits`
    .split(/\s+/)
    .concat(
      '',
      SCHEMA_KINDS.map((kind) => `/schema?kind=${kind}&of=public.people&new=true`),
    )
    .map((path) => `/projects/default${path}`);
  return [
    '/',
    '/?new=true',
    ...['members', 'audit'].map((name) => `/organisations/${organisation}/${name}`),
    ...inProject,
  ];
}

/** Requests to the control API that change something or tell what a viewer is not to know: method, path, body. */
export function changesOf(organisation: string, user: string): readonly (readonly [string, string, unknown?])[] {
  const table = { schema: 'public', table: 'mine', columns: [{ name: 'id', type: 'bigint' }] };
  const inProject: readonly (readonly [string, string, unknown?])[] = [
    ['PATCH', '', { name: 'Mine' }],
    ['POST', '/pause', {}],
    ['POST', '/clone', { ref: 'mine' }],
    ['POST', '/purge', {}],
    ['POST', '/sql', { sql: 'delete from people', as: 'owner' }],
    ['POST', '/meta/apply', { operations: [{ operation: 'create-table', input: table }] }],
    ['POST', '/imports', { name: 'a.csv', size: 10 }],
    ['POST', '/visibility', { table: 'people', role: 'anon', command: 'select', key: { id: '1' } }],
    ['PATCH', '/settings', { set: { 'rest.maxRows': 5 } }],
    ['PUT', '/secrets/MINE', { value: 'x' }],
    ['POST', '/keys', { kind: 'secret', name: 'Mine' }],
    ['POST', '/signing-key/rotate', {}],
    ['POST', '/suites', { suite: 'catalogue' }],
    ['PUT', `/members/${user}`, { role: 'owner' }],
    ['POST', '/auth/admin/users', { email: 'mine@example.org', password: OWNER.password }],
    ['DELETE', `/auth/admin/users/${user}`],
    ['POST', `/auth/admin/users/${user}/impersonate`, { reason: 'none', minutes: 5 }],
    ['POST', '/auth/organisations', { slug: 'mine', name: { en: 'Mine' } }],
    ['PATCH', '/auth/admin/settings/mail', { senderName: 'Mine' }],
  ];
  return [
    ...inProject.map(([method, path, body]) => [method, `/projects/default${path}`, body] as const),
    ['PATCH', `/organisations/${organisation}`, { name: 'Mine' }],
    ['POST', `/organisations/${organisation}/projects`, { ref: 'mine' }],
    ['POST', `/organisations/${organisation}/invitations`, { email: 'x@example.org', role: 'owner' }],
  ];
}
