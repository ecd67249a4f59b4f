import { AshlarError } from '@ashlar/kernel';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { answerError, openParts, type IdentityOptions } from './create-identity.ts';
import { isAdminRole } from './domain/bearer.ts';
import { identityErrors } from './domain/identity-errors.ts';
import { addAdminFactorRoutes } from './routes/admin-factor-routes.ts';
import { addAdminMailRoutes } from './routes/admin-mail-routes.ts';
import { addAdminRecordRoutes } from './routes/admin-record-routes.ts';
import { addAdminSettingsRoutes } from './routes/admin-settings-routes.ts';
import { addAdminUserRoutes } from './routes/admin-user-routes.ts';
import { addInviteRoutes } from './routes/invite-routes.ts';
import { addMemberRoutes } from './routes/organisations/member-routes.ts';
import { addOrganisationRoutes } from './routes/organisations/organisation-routes.ts';
import { hasBody, optionalText, readBody } from './routes/read-body.ts';
import { readSettings } from './routes/visit-of.ts';

export interface Administration {
  /**
   * Adds the administration of accounts to an app of another service, which has judged who asks: `request.ashlar` is of
   * the project meant and its caller an administrator before the handlers run. Whatever else the app takes is its own.
   */
  readonly routes: (app: FastifyInstance) => void;
  close(): Promise<void>;
}

/** Administers accounts for another service, on the database: it takes no request to the process identity runs in. */
export function createAdministration(options: IdentityOptions): Administration {
  const { parts, messaging, limits } = openParts(options);
  return {
    routes(app) {
      app.removeAllContentTypeParsers();
      app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
      const outer = app.errorHandler;
      app.setErrorHandler((error, request, reply) => {
        // What the service around it refuses, it says in its own words.
        const isOurs = error instanceof AshlarError && error.code.startsWith('identity.');
        return isOurs ? answerError(error, request, reply, parts.observe) : outer(error, request, reply);
      });
      readSettings(app, parts);
      app.addHook('preHandler', async (request) => refuseAdminRoles(request));
      addAdminUserRoutes(app, parts);
      addInviteRoutes(app, parts);
      addAdminFactorRoutes(app, parts);
      addAdminRecordRoutes(app, parts);
      addAdminSettingsRoutes(app, parts);
      addAdminMailRoutes(app, parts, { limits, deliver: messaging.deliver });
      addOrganisationRoutes(app, parts);
      addMemberRoutes(app, parts);
    },
    close: () => messaging.close(),
  };
}

const GivenRole = z.object({ role: optionalText });

/** Whoever administers by a role in the instance loses it with that role; an account with such rights would stay. */
function refuseAdminRoles(request: FastifyRequest): void {
  const isAccount = /\/admin\/users(?:\/:id)?$/.test(request.routeOptions.url ?? '');
  if (!isAccount || !(request.method === 'POST' || request.method === 'PUT') || !hasBody(request)) return;
  const { role } = readBody(request, GivenRole);
  if (isAdminRole(role)) throw identityErrors.adminRoleRefused({ role });
}
