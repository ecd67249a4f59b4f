import type { AuthSettings, ProjectSettings, RestSettings, StorageSettings } from '@ashlar/service';

/** What a test changes of the settings; the rest stands. */
export interface SettingsChanges {
  readonly requireApiKey?: boolean;
  readonly rest?: Partial<RestSettings>;
  readonly auth?: Partial<AuthSettings>;
  readonly storage?: Partial<StorageSettings>;
}

/** Settings of a project as an instance without any configuration gives them, with sign-in of every kind open. */
export function testProjectSettings({
  requireApiKey = false,
  rest,
  auth,
  storage,
}: SettingsChanges = {}): ProjectSettings {
  return {
    requireApiKey,
    rest: {
      schemas: ['public'],
      extraSearchPath: ['public', 'extensions'],
      maxRows: 1000,
      aggregatesEnabled: false,
      planEnabled: false,
      transactionEnd: 'commit',
      preRequest: null,
      rootFunction: null,
      openApiMode: 'follow-privileges',
      referencePage: false,
      graphiql: false,
      ...rest,
    },
    auth: {
      siteUrl: 'http://127.0.0.1:3000',
      redirectAllowList: [],
      jwtExpirySeconds: 3600,
      refreshTokenSeconds: 604_800,
      autoconfirmEmail: true,
      disableSignup: false,
      anonymousEnabled: true,
      emailEnabled: true,
      minPasswordLength: 6,
      refreshReuseIntervalSeconds: 10,
      mail: { senderName: '', senderAddress: 'noreply@localhost', smtp: null, http: null },
      ...auth,
    },
    storage: { quotaBytes: null, quotaObjects: null, ...storage },
  };
}
