import { assertProjectRef, projectDatabaseName } from '@ashlar/postgres';
import { DEFAULT_PROJECT } from '@ashlar/service';
import { must } from '@ashlar/kernel';
import { controlErrors } from '../control-errors.ts';
import type { ProjectOperation } from '../domain/roles.ts';
import type { ProjectRecord, ProjectStatus } from '../projects/project-store.ts';
import { type Actor, inOrganisation, inProject } from './authorise.ts';
import { type ControlParts, PROJECT_TASK } from './control-parts.ts';
import { copyDataKey } from './data-keys.ts';
import { placementOfCopy, readPlacement, serverOf, writePlacement } from './placement.ts';
import type { ProjectChanges, Stores } from './stores.ts';

/** How long a deleted project can be restored. */
const GRACE_MS = 7 * 86_400_000;

export interface NewProjectInput {
  readonly ref: string;
  readonly name: string;
}

export interface PlacedProjectInput extends NewProjectInput {
  /** Of a database on another server; undefined: it lives where the others do. */
  readonly databaseUrl?: string | undefined;
}

/**
 * Makes a project; it answers when this returns.
 *
 * @throws {AshlarError} those of `inOrganisation`, `postgres.project_ref_invalid`, `control.project_exists`,
 *   `control.placement_refused`.
 */
export async function createProject(
  parts: ControlParts,
  actor: Actor,
  organisationId: string,
  { ref, name, databaseUrl }: PlacedProjectInput,
): Promise<ProjectRecord> {
  assertProjectRef(ref);
  const placement = databaseUrl === undefined ? null : { url: databaseUrl, judged: true };
  if (placement !== null) {
    // Nobody has us ask a server who may make no project.
    await parts.inTransaction(async (stores) => {
      await inOrganisation(stores, actor, organisationId, 'project.create');
      if ((await stores.projects.find(ref)) !== null) throw controlErrors.projectExists({ ref });
    });
    await parts.projects.probe(ref, placement);
  }
  await parts.inTransaction(async (stores) => {
    await inOrganisation(stores, actor, organisationId, 'project.create');
    const project = { ref, name, organisationId, status: 'creating', clonedFrom: null, settings: {} } as const;
    if (!(await stores.projects.insert(project))) throw controlErrors.projectExists({ ref });
    if (placement !== null) await writePlacement(stores, parts.masterKeys, ref, placement);
    const server = placement === null ? null : serverOf(placement.url);
    await note(stores, actor, 'project.create', ref, { name, ...(server === null ? {} : { server }) });
  });
  await finishOrLeave(parts, ref);
  return found(parts, ref);
}

export function renameProject(parts: ControlParts, actor: Actor, ref: string, name: string): Promise<ProjectRecord> {
  return parts.inTransaction(async (stores) => {
    const { project } = await inProject(stores, actor, ref, 'project.rename');
    await stores.projects.change(ref, { name });
    await note(stores, actor, 'project.rename', ref, { from: project.name, to: name });
    return { ...project, name };
  });
}

/** Lets go of its connections, its stream and its slot; requests are refused until it is restored. */
export function pauseProject(parts: ControlParts, actor: Actor, ref: string): Promise<ProjectRecord> {
  return move(parts, actor, ref, { operation: 'project.pause', from: ['active'], to: { status: 'paused' } });
}

/** A paused project, or a deleted one within its time, goes on; it wakes with the next request. */
export function restoreProject(parts: ControlParts, actor: Actor, ref: string): Promise<ProjectRecord> {
  return move(parts, actor, ref, {
    operation: 'project.restore',
    from: ['paused', 'deleted'],
    to: { status: 'active' },
  });
}

/** @throws {AshlarError} `control.default_project_kept`, `control.project_status`, those of `inProject`. */
export async function deleteProject(parts: ControlParts, actor: Actor, ref: string): Promise<ProjectRecord> {
  const deleteAfter = new Date(parts.now().getTime() + GRACE_MS);
  const moved = await move(parts, actor, ref, {
    operation: 'project.delete',
    from: ['active', 'paused'],
    to: { status: 'deleted', deleteAfter },
  });
  await purgeLater(parts, ref, deleteAfter);
  return moved;
}

/**
 * Removes a deleted project now, without the rest of its grace.
 *
 * @param dropDatabase Also drops a database on a server of its own; otherwise that stays.
 */
export async function purgeProject(
  parts: ControlParts,
  actor: Actor,
  ref: string,
  dropDatabase: boolean,
): Promise<void> {
  await parts.inTransaction(async (stores) => {
    const { project } = await inProject(stores, actor, ref, 'project.purge');
    refuseStatus(project, ['deleted']);
    await stores.projects.change(ref, { status: 'removing', dropDatabase });
    const { name, databaseServer: server } = project;
    await note(stores, actor, 'project.purge', ref, { name, ...(server === null ? {} : { server, dropDatabase }) });
  });
  await finishOrLeave(parts, ref);
}

/**
 * Begins to copy a project with its data into a new one. The source is away for as long as that takes: a database
 * somebody is connected to cannot be copied.
 *
 * @throws {AshlarError} those of `inProject` and `inOrganisation`, `control.project_status`, `control.project_exists`.
 */
export async function cloneProject(
  parts: ControlParts,
  actor: Actor,
  source: string,
  { ref, name }: NewProjectInput,
): Promise<ProjectRecord> {
  assertProjectRef(ref);
  await parts.inTransaction(async (stores) => {
    const { project } = await inProject(stores, actor, source, 'project.clone');
    refuseStatus(project, ['active']);
    const { organisationId } = project;
    // It makes a project where it copies one.
    if (organisationId !== null) await inOrganisation(stores, actor, organisationId, 'project.create');
    const clone = {
      ref,
      name,
      organisationId,
      status: 'cloning',
      clonedFrom: source,
      settings: project.settings,
    } as const;
    if (!(await stores.projects.insert(clone))) throw controlErrors.projectExists({ ref });
    await copyDataKey(parts.masterKeys, stores.secrets, source, ref);
    const placement = await readPlacement(stores, parts.masterKeys, source);
    if (placement !== null) {
      const ofCopy = placementOfCopy(placement, projectDatabaseName(ref));
      await writePlacement(stores, parts.masterKeys, ref, ofCopy);
    }
    await stores.projects.change(source, { status: 'copying' });
    await note(stores, actor, 'project.clone', ref, { source });
  });
  await parts.jobs.add([projectJob(ref)]);
  return found(parts, ref);
}

/** What the task of projects does: the work a status asks for, and the removal of those whose grace has passed. */
export async function workOnProject(parts: ControlParts, ref: string): Promise<void> {
  await parts.inTransaction(async (stores) => {
    const project = await stores.projects.lock(ref);
    const { deleteAfter = null } = project ?? {};
    if (deleteAfter === null || deleteAfter > parts.now()) return;
    await stores.projects.change(ref, { status: 'removing' });
    const entry = { organisationId: null, projectRef: ref, target: ref, detail: { deleteAfter } };
    const author = { kind: 'system', id: null, name: 'system', address: null, requestId: null } as const;
    await stores.audit.add({ action: 'project.purge', ...entry }, author);
  });
  await parts.projects.finish(ref);
}

/** What a crash left unfinished is taken up again, and every deleted project has its job. */
export async function resumeProjects(parts: ControlParts): Promise<void> {
  const { refs, deleted } = await parts.inTransaction(async ({ projects }) => ({
    refs: await projects.unfinished(),
    deleted: await projects.deleted(),
  }));
  if (refs.length > 0) await parts.jobs.add(refs.map(projectJob));
  for (const { ref, deleteAfter } of deleted) await purgeLater(parts, ref, deleteAfter);
}

interface Move {
  readonly operation: ProjectOperation;
  readonly from: readonly ProjectStatus[];
  readonly to: ProjectChanges;
}

async function move(
  parts: ControlParts,
  actor: Actor,
  ref: string,
  { operation, from, to }: Move,
): Promise<ProjectRecord> {
  await parts.inTransaction(async (stores) => {
    const { project } = await inProject(stores, actor, ref, operation);
    if (operation === 'project.delete' && ref === DEFAULT_PROJECT) throw controlErrors.defaultProjectKept({ ref });
    refuseStatus(project, from);
    await stores.projects.change(ref, to);
    await note(stores, actor, operation, ref, { from: project.status });
  });
  await finishOrLeave(parts, ref);
  return found(parts, ref);
}

/** The status holds in any case; what could not be done now is done by the task. */
async function finishOrLeave(parts: ControlParts, ref: string): Promise<void> {
  try {
    await parts.projects.finish(ref);
  } catch (error) {
    await parts.jobs.add([projectJob(ref)]);
    throw error;
  }
}

const projectJob = (ref: string) =>
  ({ task: PROJECT_TASK, payload: { ref }, key: `project:${ref}`, repeat: 'replace' }) as const;

async function purgeLater({ jobs }: ControlParts, ref: string, runAt: Date): Promise<void> {
  await jobs.add([{ ...projectJob(ref), key: `project-purge:${ref}`, runAt }]);
}

function refuseStatus({ ref, status }: ProjectRecord, wanted: readonly ProjectStatus[]): void {
  if (!wanted.includes(status)) throw controlErrors.projectStatus({ ref, status, wanted: wanted.join(' or ') });
}

async function found({ inTransaction }: ControlParts, ref: string): Promise<ProjectRecord> {
  return must(await inTransaction(({ projects }) => projects.find(ref)), `project ${ref}`);
}

async function note(
  { audit }: Stores,
  actor: Actor,
  action: string,
  ref: string,
  detail: Readonly<Record<string, unknown>>,
): Promise<void> {
  await audit.add({ action, organisationId: null, projectRef: ref, target: ref, detail }, actor.author);
}
