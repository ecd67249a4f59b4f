import type { Outbound } from '@ashlar/outbound';
import type { ProjectDatabase } from '@ashlar/postgres';
import type { Project } from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import type { DeliveryTerms } from '../domain/retry-schedule.ts';
import type { DeliveryStore } from './claimed.ts';
import { Deliverer } from './deliverer.ts';

export interface DeliverersParts {
  readonly outbound: Outbound;
  readonly terms: DeliveryTerms;
  readonly now: () => Date;
  readonly observe: Observe;
  /** @param project The project as it is at that moment. */
  readonly openStore: (project: () => Project) => DeliveryStore;
}

interface Served {
  readonly deliverer: Deliverer;
  readonly database: ProjectDatabase;
  project: Project;
}

/** One deliverer for each project that was awake in this process. */
export class Deliverers {
  readonly #parts: DeliverersParts;
  readonly #served = new Map<string, Served>();
  #isClosed = false;

  constructor(parts: DeliverersParts) {
    this.#parts = parts;
  }

  /** Delivers for a project from now on; tells those who do already of its keys. */
  serve(project: Project): void {
    if (this.#isClosed) return;
    const known = this.#served.get(project.ref);
    if (known?.database === project.database) {
      known.project = project;
      return;
    }
    // It was removed and made anew; the former one ends with its connections.
    void known?.deliverer.close();
    const { openStore, ...parts } = this.#parts;
    const store = openStore(() => this.#served.get(project.ref)?.project ?? project);
    const deliverer = new Deliverer({ ...parts, project: project.ref, store });
    this.#served.set(project.ref, { deliverer, database: project.database, project });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#served.values()].map(({ deliverer }) => deliverer.close()));
  }
}
