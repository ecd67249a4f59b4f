import { expect, test } from 'vitest';
import { normaliseEmail } from '@ashlar/delivery';
import { externalProfile } from '../../domain/external-profile.ts';
import type { ProviderSettings } from '../../domain/settings.ts';
import { plainProviders } from './plain-providers.ts';

const settings: ProviderSettings = {
  enabled: true,
  clientId: 'client',
  additionalClientIds: [],
  clientSecret: 'hush',
  issuer: null,
  scopes: [],
  emailOptional: false,
  skipNonceCheck: false,
  extra: {},
};

/** Answers as each provider's documentation shows them, by path up to the query. */
const ANSWERS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  bitbucket: {
    '/user': { uuid: '{b-1}', display_name: 'Ada', links: { avatar: { href: 'https://a/b' } } },
    '/user/emails': { values: [{ email: 'a@x.org', is_primary: true, is_confirmed: true }] },
  },
  discord: {
    '/users/@me': {
      id: '80351110224678912',
      username: 'ada',
      global_name: 'Ada',
      avatar: 'h4',
      email: 'a@x.org',
      verified: true,
    },
  },
  facebook: { '/me': { id: '42', name: 'Ada', email: 'a@x.org', picture: { data: { url: 'https://a/f' } } } },
  figma: { '/me': { id: 'f-1', handle: 'Ada', email: 'a@x.org', img_url: 'https://a/g' } },
  github: {
    '/user': { id: 7, login: 'ada', name: 'Ada', avatar_url: 'https://a/h' },
    '/user/emails': [{ email: 'a@x.org', primary: true, verified: true }],
  },
  gitlab: {
    '/user': {
      id: 8,
      username: 'ada',
      name: 'Ada',
      email: 'a@x.org',
      confirmed_at: '2012-05-23T09:05:22Z',
      avatar_url: null,
    },
  },
  kakao: {
    '/user/me': {
      id: 123456789,
      kakao_account: { email: 'a@x.org', is_email_valid: true, is_email_verified: true, profile: { nickname: 'Ada' } },
    },
  },
  notion: { '/users/me': { bot: { owner: { user: { id: 'n-1', name: 'Ada', person: { email: 'a@x.org' } } } } } },
  spotify: { '/me': { id: 'ada', display_name: 'Ada', email: 'a@x.org', images: [{ url: 'https://a/s' }] } },
  twitch: { '/users': { data: [{ id: '141981764', login: 'ada', display_name: 'Ada', email: 'a@x.org' }] } },
  workos: {},
  x: { '/users/me': { data: { id: '2244994945', name: 'Ada', username: 'ada', confirmed_email: 'a@x.org' } } },
  zoom: { '/users/me': { id: 'z-1', first_name: 'Ada', last_name: 'L', email: 'a@x.org', verified: 1 } },
};

async function read(key: string, answers = ANSWERS[key] ?? {}) {
  const facts = await plainProviders[key]?.readPerson({
    settings,
    tokens: { access_token: 't', token_type: 'bearer', profile: { id: 'w-1', first_name: 'Ada', email: 'a@x.org' } },
    async get(path) {
      const answer = answers[path.split('?', 1)[0] ?? ''];
      if (answer === undefined) throw new Error(`nothing at ${path}`);
      return answer;
    },
  });
  return facts === undefined ? null : externalProfile({ ...facts, issuer: 'https://provider' }, normaliseEmail);
}

test('every provider has its answer here', () => {
  expect(Object.keys(plainProviders).toSorted()).toEqual(Object.keys(ANSWERS).toSorted());
});

test.each([
  ['bitbucket', '{b-1}', true],
  ['discord', '80351110224678912', true],
  ['facebook', '42', true],
  ['figma', 'f-1', true],
  ['github', '7', true],
  ['gitlab', '8', true],
  ['kakao', '123456789', true],
  ['notion', 'n-1', false],
  ['spotify', 'ada', false],
  ['twitch', '141981764', true],
  ['workos', 'w-1', true],
  ['x', '2244994945', true],
  ['zoom', 'z-1', true],
])('%s names %s, and vouches for the address: %s', async (key, subject, verified) => {
  expect(await read(key)).toMatchObject({
    subject,
    email: { address: 'a@x.org', verified },
    data: { sub: subject, provider_id: subject, email_verified: verified },
  });
  expect(String((await read(key))?.data['name'])).toMatch(/^Ada/);
});

test.each([
  [
    'bitbucket',
    {
      ...ANSWERS['bitbucket'],
      '/user/emails': { values: [{ email: 'a@x.org', is_primary: true, is_confirmed: false }] },
    },
  ],
  ['discord', { '/users/@me': { id: '1', username: 'ada', email: 'a@x.org', verified: false } }],
  ['github', { ...ANSWERS['github'], '/user/emails': [{ email: 'a@x.org', primary: true, verified: false }] }],
  ['gitlab', { '/user': { id: 8, email: 'a@x.org', confirmed_at: null } }],
  [
    'kakao',
    { '/user/me': { id: 1, kakao_account: { email: 'a@x.org', is_email_valid: false, is_email_verified: true } } },
  ],
  ['zoom', { '/users/me': { id: 'z', email: 'a@x.org', verified: 0 } }],
])('%s does not vouch for an address nobody confirmed', async (key, answers) => {
  expect(await read(key, answers)).toMatchObject({ email: { address: 'a@x.org', verified: false } });
});

test.each(Object.keys(ANSWERS).filter((key) => key !== 'workos'))(
  '%s with an answer of another shape names nobody',
  async (key) => {
    for (const nonsense of [null, [], 'text', 7, {}]) {
      const answers = Object.fromEntries(Object.keys(ANSWERS[key] ?? {}).map((path) => [path, nonsense]));
      expect(await read(key, answers)).toBeNull();
    }
  },
);

test.each(Object.entries(plainProviders))('%s is spoken to with TLS alone', (_key, { endpoints }) => {
  expect(Object.values(endpoints(null)).every((address) => address.startsWith('https://'))).toBe(true);
});
