import type { Config } from '@ashlar/config';
import type { ProjectSettings } from '@ashlar/service';
import { mailDefaults } from './mail-defaults.ts';

/** What a project has that stored no settings of its own. */
export function projectDefaults({ server, gateway, rest, auth, mail, storage }: Config): ProjectSettings {
  return {
    requireApiKey: gateway.requireApiKey,
    rest: {
      schemas: rest.restSchemas,
      extraSearchPath: rest.restExtraSearchPath,
      maxRows: rest.restMaxRows === 0 ? null : rest.restMaxRows,
      aggregatesEnabled: rest.restAggregates,
      planEnabled: rest.restPlan,
      transactionEnd: rest.restTransactionEnd,
      preRequest: null,
      rootFunction: null,
      openApiMode: rest.restOpenapi,
      referencePage: rest.restReference || server.dev,
      graphiql: rest.graphiql || server.dev,
    },
    auth: {
      siteUrl: auth.siteUrl,
      redirectAllowList: auth.redirectUrls,
      jwtExpirySeconds: auth.jwtExpirySeconds,
      refreshTokenSeconds: auth.refreshTokenSeconds,
      autoconfirmEmail: auth.autoconfirm,
      disableSignup: auth.disableSignup,
      anonymousEnabled: auth.anonymousSignIn,
      emailEnabled: true,
      minPasswordLength: auth.minPasswordLength,
      refreshReuseIntervalSeconds: auth.refreshReuseIntervalSeconds,
      mail: mailDefaults(mail),
    },
    storage: { quotaBytes: storage.storageQuotaBytes, quotaObjects: storage.storageQuotaObjects },
  };
}
