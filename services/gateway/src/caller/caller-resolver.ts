import { BoundedCache } from '@ashlar/kernel';
import type { Project, SessionGuard } from '@ashlar/service';
import { ProjectCallers } from './project-callers.ts';

/** The roles a project's authenticator may become. */
const API_ROLES: ReadonlySet<string> = new Set(['anon', 'authenticated', 'service_role']);

/** Projects whose callers are remembered; a project beyond them starts with an empty memory, no worse. */
const MAX_PROJECTS = 64;

/** Finds the callers of a project as its keys are now. */
export class CallerResolver {
  readonly #projects = new BoundedCache<string, ProjectCallers>(MAX_PROJECTS);

  readonly #guard: SessionGuard | null;

  constructor(guard: SessionGuard | null = null) {
    this.#guard = guard;
  }

  of(project: Project): ProjectCallers {
    const known = this.#projects.get(project.ref);
    if (known?.version === project.version) return known;
    const callers = new ProjectCallers(project, API_ROLES, this.#guard?.of(project) ?? null);
    this.#projects.set(project.ref, callers);
    return callers;
  }
}
