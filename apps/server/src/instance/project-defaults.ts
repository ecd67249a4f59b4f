import type { Config } from '@ashlar/config';
import type { ProjectSettings } from '@ashlar/service';

/** What a project has that stored no settings of its own. */
export function projectDefaults({ server, gateway, rest, auth }: Config): ProjectSettings {
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
    },
    auth: {
      siteUrl: auth.siteUrl,
      redirectAllowList: auth.redirectUrls,
      jwtExpirySeconds: auth.jwtExpirySeconds,
      autoconfirmEmail: auth.autoconfirm,
      disableSignup: auth.disableSignup,
      anonymousEnabled: auth.anonymousSignIn,
      emailEnabled: true,
      minPasswordLength: auth.minPasswordLength,
      refreshReuseIntervalSeconds: auth.refreshReuseIntervalSeconds,
    },
  };
}
