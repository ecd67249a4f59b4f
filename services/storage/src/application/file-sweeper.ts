import { setTimeout as delay } from 'node:timers/promises';
import type { Project } from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import type { FileStore } from './file-store.ts';
import type { PartialFiles } from './partial-files.ts';
import { sweepUploads } from './resumable-uploads.ts';
import { addUpUsage } from './usage.ts';
import { collectUnwanted, sweepFiles } from './sweep-files.ts';

/** Least time between two looks through all files of a project. */
const ROUND_MS = 6 * 3_600_000;
/** Longer than an upload that still moves can stand between its last byte and its row. */
const GRACE_MS = 900_000;
/** Until the next look when one failed, because the files could not be reached for instance. */
const RETRY_MS = 300_000;
const COLLECT_DELAY_MS = 200;

interface SweeperParts {
  readonly files: FileStore;
  readonly partials: PartialFiles;
  readonly now: () => Date;
  readonly observe: Observe;
}

/**
 * Removes files nobody needs any more, one project at a time, and never in anybody's way. Due with the project's
 * requests and not by a timer, so that a sleeping project is left alone; never waits and never throws.
 */
export class FileSweeper {
  readonly #parts: SweeperParts;
  readonly #doneAt = new WeakMap<Project['database'], number>();
  readonly #collecting = new WeakSet<Project['database']>();
  #running = Promise.resolve();

  constructor(parts: SweeperParts) {
    this.#parts = parts;
  }

  /** A request of the project has ended. */
  due(project: Project): void {
    const now = this.#parts.now().getTime();
    const doneAt = this.#doneAt.get(project.database);
    if (doneAt !== undefined && now - doneAt < ROUND_MS) return;
    this.#doneAt.set(project.database, now);
    this.#enqueue(project, async ({ files, partials, observe }) => {
      const { ref, database } = project;
      const before = new Date(now - GRACE_MS);
      this.#doneAt.set(database, now - ROUND_MS + RETRY_MS);
      await sweepUploads(project, { partials }, new Date(now));
      await addUpUsage(database);
      // Looking for the file of every row is for the first round after a start: a restore or a crash came before it.
      // Elsewhere it costs a request for every one of them, so that is left to `ashlar storage sweep`.
      const checkRows = doneAt === undefined && !files.isRemote;
      const swept = await sweepFiles({ project: ref, database, files, before, checkRows });
      this.#doneAt.set(database, now);
      if (swept.removedFiles + swept.missingFiles > 0) observe({ kind: 'storage.swept', project: ref, ...swept });
    });
  }

  /** Rows were deleted or name other files now. */
  collect(project: Project): void {
    if (this.#collecting.has(project.database)) return;
    this.#collecting.add(project.database);
    this.#enqueue(project, async ({ files }) => {
      // Of many changes in a row one round takes the files.
      await delay(COLLECT_DELAY_MS);
      // From here on a further row is for a further round.
      this.#collecting.delete(project.database);
      await collectUnwanted({ project: project.ref, database: project.database, files });
    });
  }

  /** Resolves when what is under way has ended. */
  close(): Promise<void> {
    return this.#running;
  }

  #enqueue(project: Project, work: (parts: SweeperParts) => Promise<void>): void {
    this.#running = this.#after(this.#running, project, work);
  }

  async #after(previous: Promise<void>, project: Project, work: (parts: SweeperParts) => Promise<void>): Promise<void> {
    await previous;
    try {
      await work(this.#parts);
    } catch (error) {
      this.#parts.observe({ kind: 'storage.unswept', project: project.ref, error });
    }
  }
}
