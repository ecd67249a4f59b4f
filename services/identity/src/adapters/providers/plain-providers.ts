import { createHmac } from 'node:crypto';
import { asObject, asText, isTrue, pickEmail, type PlainDefinition } from './provider-definition.ts';

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Providers of plain OAuth 2, by the key clients use; each as its own documentation describes it. */
export const plainProviders: Readonly<Record<string, PlainDefinition>> = {
  bitbucket: {
    kind: 'plain',
    endpoints: () => ({
      authorization: 'https://bitbucket.org/site/oauth2/authorize',
      token: 'https://bitbucket.org/site/oauth2/access_token',
      api: 'https://api.bitbucket.org/2.0',
    }),
    scopes: ['account', 'email'],
    clientAuth: 'basic',
    async readPerson(api) {
      const [user, emails] = [asObject(await api.get('/user')), asObject(await api.get('/user/emails'))];
      const listed = list(emails['values']).map(asObject);
      return {
        subject: user['uuid'],
        ...pickEmail(
          listed.map((one) => ({ address: one['email'], primary: one['is_primary'], verified: one['is_confirmed'] })),
        ),
        name: user['display_name'],
        picture: asObject(asObject(user['links'])['avatar'])['href'],
      };
    },
  },
  discord: {
    kind: 'plain',
    endpoints: () => ({
      authorization: 'https://discord.com/oauth2/authorize',
      token: 'https://discord.com/api/oauth2/token',
      api: 'https://discord.com/api',
    }),
    scopes: ['email', 'identify'],
    clientAuth: 'post',
    async readPerson(api) {
      const user = asObject(await api.get('/users/@me'));
      const id = asText(user['id']);
      const avatar = asText(user['avatar']);
      return {
        subject: id,
        email: asText(user['email']),
        emailVerified: isTrue(user['verified']),
        name: user['global_name'] ?? user['username'],
        userName: user['username'],
        picture: avatar === null ? null : `https://cdn.discordapp.com/avatars/${id}/${avatar}.png`,
        custom: { global_name: user['global_name'] },
      };
    },
  },
  facebook: {
    kind: 'plain',
    endpoints: () => ({
      authorization: 'https://www.facebook.com/v21.0/dialog/oauth',
      token: 'https://graph.facebook.com/v21.0/oauth/access_token',
      api: 'https://graph.facebook.com/v21.0',
    }),
    scopes: ['email'],
    clientAuth: 'post',
    issuer: 'https://www.facebook.com',
    async readPerson(api) {
      // Proves that the token is used by the application it was given to.
      const proof = createHmac('sha256', api.settings.clientSecret).update(api.tokens.access_token).digest('hex');
      const fields = 'id,name,first_name,last_name,email,picture.type(large)';
      const user = asObject(await api.get(`/me?fields=${fields}&appsecret_proof=${proof}`));
      return {
        subject: user['id'],
        email: asText(user['email']),
        // An address is given only once its owner confirmed it.
        emailVerified: true,
        name: user['name'],
        givenName: user['first_name'],
        familyName: user['last_name'],
        picture: asObject(asObject(user['picture'])['data'])['url'],
      };
    },
  },
  figma: {
    kind: 'plain',
    endpoints: () => ({
      authorization: 'https://www.figma.com/oauth',
      token: 'https://api.figma.com/v1/oauth/token',
      api: 'https://api.figma.com/v1',
    }),
    scopes: ['current_user:read'],
    clientAuth: 'basic',
    async readPerson(api) {
      const user = asObject(await api.get('/me'));
      return {
        subject: user['id'],
        email: asText(user['email']),
        emailVerified: true,
        name: user['handle'],
        picture: user['img_url'],
      };
    },
  },
  github: {
    kind: 'plain',
    endpoints: (base) => ({
      authorization: `${base ?? 'https://github.com'}/login/oauth/authorize`,
      token: `${base ?? 'https://github.com'}/login/oauth/access_token`,
      api: base === null ? 'https://api.github.com' : `${base}/api/v3`,
    }),
    scopes: ['user:email'],
    clientAuth: 'post',
    async readPerson(api) {
      const user = asObject(await api.get('/user'));
      const emails = list(await api.get('/user/emails')).map(asObject);
      return {
        subject: user['id'],
        ...pickEmail(
          emails.map((one) => ({ address: one['email'], primary: one['primary'], verified: one['verified'] })),
        ),
        name: user['name'],
        userName: user['login'],
        picture: user['avatar_url'],
      };
    },
  },
  gitlab: {
    kind: 'plain',
    endpoints: (base) => ({
      authorization: `${base ?? 'https://gitlab.com'}/oauth/authorize`,
      token: `${base ?? 'https://gitlab.com'}/oauth/token`,
      api: `${base ?? 'https://gitlab.com'}/api/v4`,
    }),
    scopes: ['read_user'],
    clientAuth: 'post',
    async readPerson(api) {
      const user = asObject(await api.get('/user'));
      return {
        subject: user['id'],
        email: asText(user['email']),
        // The main address of an account is confirmed with the account.
        emailVerified: asText(user['confirmed_at']) !== null,
        name: user['name'],
        userName: user['username'],
        picture: user['avatar_url'],
      };
    },
  },
  kakao: {
    kind: 'plain',
    endpoints: () => ({
      authorization: 'https://kauth.kakao.com/oauth/authorize',
      token: 'https://kauth.kakao.com/oauth/token',
      api: 'https://kapi.kakao.com/v2',
    }),
    scopes: ['account_email', 'profile_image', 'profile_nickname'],
    clientAuth: 'post',
    withoutPkce: true,
    issuer: 'https://kauth.kakao.com',
    async readPerson(api) {
      const user = asObject(await api.get('/user/me'));
      const account = asObject(user['kakao_account']);
      const profile = asObject(account['profile']);
      return {
        subject: user['id'],
        email: asText(account['email']),
        emailVerified: isTrue(account['is_email_valid']) && isTrue(account['is_email_verified']),
        name: profile['nickname'],
        userName: profile['nickname'],
        picture: profile['profile_image_url'],
      };
    },
  },
  notion: {
    kind: 'plain',
    endpoints: () => ({
      authorization: 'https://api.notion.com/v1/oauth/authorize',
      token: 'https://api.notion.com/v1/oauth/token',
      api: 'https://api.notion.com/v1',
    }),
    scopes: [],
    clientAuth: 'basic',
    withoutPkce: true,
    async readPerson(api) {
      const me = asObject(await api.get('/users/me', { 'notion-version': '2022-06-28' }));
      const user = asObject(asObject(asObject(me['bot'])['owner'])['user']);
      return {
        subject: user['id'],
        email: asText(asObject(user['person'])['email']),
        // Not said anywhere, so not assumed.
        emailVerified: false,
        name: user['name'],
        picture: user['avatar_url'],
      };
    },
  },
  spotify: {
    kind: 'plain',
    endpoints: () => ({
      authorization: 'https://accounts.spotify.com/authorize',
      token: 'https://accounts.spotify.com/api/token',
      api: 'https://api.spotify.com/v1',
    }),
    scopes: ['user-read-email'],
    clientAuth: 'basic',
    async readPerson(api) {
      const user = asObject(await api.get('/me'));
      return {
        subject: user['id'],
        email: asText(user['email']),
        // The documentation says outright that this address is unverified.
        emailVerified: false,
        name: user['display_name'],
        picture: asObject(list(user['images'])[0])['url'],
      };
    },
  },
  twitch: {
    kind: 'plain',
    endpoints: () => ({
      authorization: 'https://id.twitch.tv/oauth2/authorize',
      token: 'https://id.twitch.tv/oauth2/token',
      api: 'https://api.twitch.tv/helix',
    }),
    scopes: ['user:read:email'],
    clientAuth: 'post',
    async readPerson(api) {
      const answer = asObject(await api.get('/users', { 'client-id': api.settings.clientId }));
      const user = asObject(list(answer['data'])[0]);
      return {
        subject: user['id'],
        email: asText(user['email']),
        // Only verified addresses are given.
        emailVerified: true,
        name: user['display_name'],
        userName: user['login'],
        picture: user['profile_image_url'],
      };
    },
  },
  workos: {
    kind: 'plain',
    endpoints: () => ({
      authorization: 'https://api.workos.com/sso/authorize',
      token: 'https://api.workos.com/sso/token',
      api: 'https://api.workos.com',
    }),
    scopes: [],
    clientAuth: 'post',
    async readPerson({ tokens }) {
      // The person comes along with the token.
      const user = asObject(tokens['profile']);
      return {
        subject: user['id'],
        email: asText(user['email']),
        emailVerified: true,
        givenName: user['first_name'],
        familyName: user['last_name'],
        custom: { connection_id: user['connection_id'], organization_id: user['organization_id'] },
      };
    },
  },
  x: {
    kind: 'plain',
    endpoints: () => ({
      authorization: 'https://x.com/i/oauth2/authorize',
      token: 'https://api.x.com/2/oauth2/token',
      api: 'https://api.x.com/2',
    }),
    scopes: ['users.email', 'tweet.read', 'users.read', 'offline.access'],
    clientAuth: 'basic',
    async readPerson(api) {
      const fields = 'id,name,username,confirmed_email,profile_image_url';
      const user = asObject(asObject(await api.get(`/users/me?user.fields=${fields}`))['data']);
      return {
        subject: user['id'],
        email: asText(user['confirmed_email']),
        emailVerified: true,
        name: user['name'],
        userName: user['username'],
        picture: user['profile_image_url'],
      };
    },
  },
  zoom: {
    kind: 'plain',
    endpoints: () => ({
      authorization: 'https://zoom.us/oauth/authorize',
      token: 'https://zoom.us/oauth/token',
      api: 'https://api.zoom.us/v2',
    }),
    scopes: [],
    clientAuth: 'basic',
    async readPerson(api) {
      const user = asObject(await api.get('/users/me'));
      return {
        subject: user['id'],
        email: asText(user['email']),
        emailVerified: isTrue(user['verified']),
        givenName: user['first_name'],
        familyName: user['last_name'],
        picture: user['pic_url'],
      };
    },
  },
};
