import { AshlarError } from '@ashlar/kernel';
import type { ProjectDatabase } from '@ashlar/postgres';
import { doorFailureOf, type ProjectLogs, sendRendered, type Service } from '@ashlar/service';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { inPostgresTransaction } from './adapters/in-postgres-transaction.ts';
import { type ControlParts, PROJECT_TASK } from './application/control-parts.ts';
import { resumeProjects, workOnProject } from './application/manage-projects.ts';
import { SUITE_DEMO_TASK } from './application/project-suites.ts';
import { createConsole, type Console } from './console/console.ts';
import { controlContract } from './contract.ts';
import { controlErrors } from './control-errors.ts';
import { addAccountRoutes, type AccountAdministration } from './routes/account-routes.ts';
import { addExportRoutes } from './routes/export-routes.ts';
import { addImportRoutes } from './routes/import-routes.ts';
import { addKeyRoutes } from './routes/key-routes.ts';
import { addOrganisationRoutes } from './routes/organisation-routes.ts';
import { addProjectRoutes } from './routes/project-routes.ts';
import { addRecordRoutes } from './routes/record-routes.ts';
import { addSavedQueryRoutes } from './routes/saved-query-routes.ts';
import { addSettingsRoutes } from './routes/settings-routes.ts';
import { addSetupRoutes } from './routes/setup-routes.ts';
import { addSqlRoutes } from './routes/sql-routes.ts';
import { addStructureRoutes } from './routes/structure-routes.ts';
import { addTableViewRoutes } from './routes/table-view-routes.ts';
import { addSuiteRoutes } from './routes/suite-routes.ts';
import { addVisibilityRoutes } from './routes/visibility-routes.ts';
import { addWatchRoutes } from './routes/watch-routes.ts';
import { renderDoorFailure, renderError } from './routes/wire-errors.ts';
import { ExportDesk } from './sheets/export/export-desk.ts';
import { UploadDesk } from './sheets/upload-desk.ts';
import { WatchDesk } from './watch/watch-desk.ts';

export interface ControlOptions extends Omit<ControlParts, 'inTransaction' | 'now'> {
  /** The control database. */
  readonly control: ProjectDatabase;
  /** Where clients reach the instance, if the operator said so. */
  readonly publicUrl: string | null;
  /** Below that address: the page the link of an invitation opens, which knows its token from `?token=`. */
  readonly invitationPath: string;
  /** What administers the accounts of a project. */
  readonly administration: AccountAdministration;
  /** What is committed in projects. */
  readonly logs: Pick<ProjectLogs, 'listen'>;
  readonly clock?: () => Date;
}

/** What keeps something from one request to the next. */
interface Desks {
  readonly console: Console;
  readonly uploads: UploadDesk;
  readonly exports: ExportDesk;
  readonly watches: WatchDesk;
}

/** The control service: organisations, people, projects and what belongs to them. */
export function createControl(options: ControlOptions): Service {
  const { control, publicUrl, invitationPath, administration, logs, clock: now = () => new Date(), ...rest } = options;
  const parts: ControlParts = { ...rest, now, inTransaction: inPostgresTransaction(control) };
  const desks: Desks = {
    console: createConsole(),
    uploads: new UploadDesk(),
    exports: new ExportDesk(),
    watches: new WatchDesk(logs),
  };
  let template: Promise<void> | undefined;
  const resuming = resumeProjects(parts).catch((error: unknown) => observeFailure('resume', error));

  function observeFailure(work: string, error: unknown): void {
    parts.observe({ kind: 'control.work-failed', work, error });
  }

  /** Made once somebody administers: an instance nobody does that on needs none. */
  function wantTemplate(): void {
    template ??= parts.projects.keepTemplate().catch((error: unknown) => {
      observeFailure('template', error);
      template = undefined;
    });
  }

  return {
    contract: controlContract,
    routes: (app) => {
      app.addHook('onResponse', async ({ ashlar }) => {
        if (ashlar.caller.role === 'authenticated') wantTemplate();
      });
      addRoutes(app, parts, { publicUrl, invitationPath, administration }, desks);
    },
    tasks: [
      {
        name: PROJECT_TASK,
        run: async (payload) => workOnProject(parts, z.object({ ref: z.string() }).parse(payload).ref),
      },
      {
        name: SUITE_DEMO_TASK,
        run: async (payload, { signal }) => {
          const { ref, suite } = z.object({ ref: z.string(), suite: z.string() }).parse(payload);
          await parts.suites.fillDemo(ref, [suite], { via: 'job', signal });
        },
      },
    ],
    async close() {
      desks.exports.close();
      desks.watches.close();
      await Promise.all([resuming, template, desks.console.close(), desks.uploads.close()]);
    },
  };
}

function addRoutes(
  app: FastifyInstance,
  parts: ControlParts,
  {
    publicUrl,
    invitationPath,
    administration,
  }: Pick<ControlOptions, 'publicUrl' | 'invitationPath' | 'administration'>,
  { console: desk, uploads, exports, watches }: Desks,
): void {
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    done(null, Object.fromEntries(new URLSearchParams(String(body))));
  });
  app.addHook('onRequest', (_request, reply, done) => {
    reply.header('cache-control', 'no-store');
    done();
  });
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply, parts));
  addSetupRoutes(app, parts, publicUrl);
  addOrganisationRoutes(app, parts, (request) => `${publicUrl ?? request.ashlar.publicUrl}${invitationPath}`);
  addProjectRoutes(app, parts);
  addKeyRoutes(app, parts);
  addSettingsRoutes(app, parts);
  addRecordRoutes(app, parts);
  addStructureRoutes(app, parts);
  addSuiteRoutes(app, parts);
  addVisibilityRoutes(app, parts);
  addTableViewRoutes(app, parts);
  addSqlRoutes(app, parts, desk);
  addSavedQueryRoutes(app, parts);
  addAccountRoutes(app, parts, { administration, publicUrl });
  addImportRoutes(app, parts, uploads);
  addExportRoutes(app, parts, exports);
  addWatchRoutes(app, parts, watches);
  app.all('/*', async (request) => {
    throw controlErrors.routeUnknown({ method: request.method, path: request.url.split('?', 1)[0] ?? '' });
  });
}

function answerError(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  { observe }: ControlParts,
): FastifyReply {
  const failure = error instanceof AshlarError ? null : doorFailureOf(error);
  const rendered = failure === null || failure.kind === 'internal' ? renderError(error) : renderDoorFailure(failure);
  if (rendered.status === 500) {
    const { requestId, trace } = request.ashlar;
    observe({ kind: 'request.failed', requestId, traceId: trace.traceId, service: controlContract.name, error });
  }
  return sendRendered(reply, rendered);
}
