import type { Project } from '@ashlar/service';
import { Connection, type ConnectionOptions } from './connection.ts';
import type { RealtimeParts } from './parts.ts';

const SWEEP_MS = 1_000;
/** How long clients have to answer when the server shuts down. */
const GRACE_MS = 1_000;

/** All websockets of the process. */
export class Connections {
  readonly #parts: Pick<RealtimeParts, 'tokens'>;
  readonly #open = new Set<Connection>();
  readonly #sweeper: NodeJS.Timeout;
  #isSweeping = false;

  constructor(parts: Pick<RealtimeParts, 'tokens'>) {
    this.#parts = parts;
    this.#sweeper = setInterval(() => void this.#sweep(), SWEEP_MS).unref();
  }

  get size(): number {
    return this.#open.size;
  }

  add(options: Omit<ConnectionOptions, 'onClose'>): void {
    const connection: Connection = new Connection({ ...options, onClose: () => this.#open.delete(connection) });
    this.#open.add(connection);
  }

  /** Tells every client to go, and ends those that do not. */
  shut(): void {
    clearInterval(this.#sweeper);
    const leaving = [...this.#open];
    for (const connection of leaving) connection.shut();
    setTimeout(() => {
      for (const connection of leaving) connection.terminate();
    }, GRACE_MS).unref();
  }

  async #sweep(): Promise<void> {
    if (this.#isSweeping) return;
    this.#isSweeping = true;
    try {
      const projects = new Map<string, Project>();
      for (const { project } of this.#open) projects.set(project.ref, project);
      // A project whose database is away keeps its members: tokens are judged by what is known.
      await Promise.allSettled([...projects.values()].map((project) => this.#parts.tokens.ready(project)));
      for (const connection of this.#open) connection.sweep();
    } finally {
      this.#isSweeping = false;
    }
  }
}
