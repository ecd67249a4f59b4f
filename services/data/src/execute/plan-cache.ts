import { BoundedCache } from '@ashlar/kernel';
import type { LocalSettings, Snapshot } from '@ashlar/postgres';
import type { Project } from '@ashlar/service';
import type { Incoming } from './incoming.ts';
import { fixedSettings, isolationOf } from './request-settings.ts';
import { prepare, type Prepared } from './prepare.ts';

/** Shapes remembered per project; each holds a statement of some kilobytes at most. */
const MAX_SHAPES = 2000;
/** Combinations of shape and role whose settings are remembered. */
const MAX_ROLES = 64;

/** What is the same for all requests of a shape and role. */
export interface RoleTerms {
  readonly settings: LocalSettings;
  readonly isolation: ReturnType<typeof isolationOf>;
}

/** A shape with the terms it runs on, by role. */
export interface Remembered {
  readonly prepared: Prepared;
  termsOf(role: string): RoleTerms;
}

/**
 * What was planned for a project. It is valid for one snapshot and one version of the project's settings; when either
 * changes all is planned anew.
 */
export class PlanCache {
  #snapshot: Snapshot | null = null;
  #projectVersion = -1;
  #shapes = new BoundedCache<string, Remembered>(MAX_SHAPES);

  /** @throws RestError for a request that cannot be planned; those are not remembered. */
  find(project: Project, snapshot: Snapshot, incoming: Incoming): Remembered {
    if (snapshot !== this.#snapshot || project.version !== this.#projectVersion) {
      this.#snapshot = snapshot;
      this.#projectVersion = project.version;
      this.#shapes = new BoundedCache(MAX_SHAPES);
    }
    const { shape } = incoming;
    const known = shape === null ? undefined : this.#shapes.get(shape);
    if (known !== undefined) return known;
    const made = remember(project, snapshot, prepare(snapshot, project.settings.rest, incoming));
    if (shape !== null) this.#shapes.set(shape, made);
    return made;
  }
}

function remember(project: Project, snapshot: Snapshot, prepared: Prepared): Remembered {
  const byRole = new BoundedCache<string, RoleTerms>(MAX_ROLES);
  return {
    prepared,
    termsOf(role) {
      const known = byRole.get(role);
      if (known !== undefined) return known;
      const { schema, routine, preferences } = prepared;
      const made: RoleTerms = {
        settings: fixedSettings(snapshot, role, schema, project.settings.rest, preferences.timezone, routine),
        isolation: isolationOf(snapshot, role, routine),
      };
      byRole.set(role, made);
      return made;
    },
  };
}
