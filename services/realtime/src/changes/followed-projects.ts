import type { Project, ProjectLogs, Projects } from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import type { Rooms } from '../channel/rooms.ts';
import type { BufferBounds } from '../table-changes/change-buffer.ts';
import { FollowedProject } from './followed-project.ts';

export interface FollowedProjectsOptions {
  /** Null: nobody tells what is committed. */
  readonly logs: Pick<ProjectLogs, 'listen'> | null;
  readonly projects: Pick<Projects, 'peek'>;
  readonly rooms: Rooms;
  readonly observe: Observe;
  readonly bounds: BufferBounds;
  /** How long a project's log is read after its last channel has ended: clients that come back go on where they were. */
  readonly lingerMs: number;
  readonly now: () => number;
}

/** The projects whose commits are heard of: those that have somebody in a channel, or had a moment ago. */
export class FollowedProjects {
  readonly #options: FollowedProjectsOptions;
  readonly #followed = new Map<string, FollowedProject>();
  readonly #channels = new Map<string, number>();
  readonly #leaving = new Map<string, NodeJS.Timeout>();

  constructor(options: FollowedProjectsOptions) {
    this.#options = options;
  }

  /** Counts a channel of the project, as long as which its log is read. @returns To be called when it ends. */
  hold(ref: string): () => void {
    clearTimeout(this.#leaving.get(ref));
    this.#leaving.delete(ref);
    this.#channels.set(ref, (this.#channels.get(ref) ?? 0) + 1);
    return () => {
      const left = (this.#channels.get(ref) ?? 1) - 1;
      if (left > 0) {
        this.#channels.set(ref, left);
        return;
      }
      this.#channels.delete(ref);
      this.#leaveSoon(ref);
    };
  }

  /** Resolves once what is committed is heard of; null where nobody tells. */
  async follow(project: Project): Promise<FollowedProject | null> {
    const { logs, projects } = this.#options;
    if (logs === null) return null;
    const known = this.#followed.get(project.ref);
    if (known !== undefined && known.database === project.database) {
      await known.started;
      return known;
    }
    // The project was made anew under its name.
    if (known !== undefined) this.#stop(project.ref);
    const followed = new FollowedProject({
      ...this.#options,
      ref: project.ref,
      project: () => projects.peek(project.ref) ?? project,
    });
    const attachment = logs.listen(project, followed);
    if (attachment === null) return null;
    followed.attachedBy(attachment);
    this.#followed.set(project.ref, followed);
    // Whoever asked may be gone by now.
    if (!this.#channels.has(project.ref)) this.#leaveSoon(project.ref);
    await followed.started;
    return followed;
  }

  close(): void {
    for (const timer of this.#leaving.values()) clearTimeout(timer);
    for (const ref of this.#followed.keys()) this.#stop(ref);
  }

  #leaveSoon(ref: string): void {
    clearTimeout(this.#leaving.get(ref));
    const leave = setTimeout(() => this.#stop(ref), this.#options.lingerMs);
    this.#leaving.set(ref, leave.unref());
  }

  #stop(ref: string): void {
    this.#leaving.delete(ref);
    this.#followed.get(ref)?.stop();
    this.#followed.delete(ref);
  }
}
