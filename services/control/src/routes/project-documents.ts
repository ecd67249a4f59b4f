import type { ProjectRecord } from '../projects/project-store.ts';

/** A project as clients see it: what it stored of settings is told elsewhere. */
export function projectDocument(project: ProjectRecord): Readonly<Record<string, unknown>> {
  return {
    ref: project.ref,
    name: project.name,
    status: project.status,
    organisation_id: project.organisationId,
    /** `host:port/database` of one on a server of its own. */
    database_server: project.databaseServer,
    created_at: project.createdAt,
    migrated_at: project.migratedAt,
    delete_after: project.deleteAfter,
    cloned_from: project.clonedFrom,
    /** Why the work its status asks for failed last; it is tried again. */
    failure: project.failure ?? project.migrationError,
  };
}
