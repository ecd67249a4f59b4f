import type { LogAttachment, LogBatch } from '@ashlar/postgres';
import type { LogListener, Project } from '@ashlar/service';
import type { Rooms } from '../channel/rooms.ts';
import { ChangeDelivery, type ChangeDeliveryOptions } from '../table-changes/change-delivery.ts';
import { storedMessage } from './stored-message.ts';

export interface FollowedProjectOptions extends ChangeDeliveryOptions {
  readonly ref: string;
  readonly rooms: Rooms;
}

/** What is committed in one project, on its way to rooms and to those who subscribed to tables. */
export class FollowedProject implements LogListener {
  readonly name = 'realtime';
  readonly database: Project['database'];
  readonly delivery: ChangeDelivery;
  readonly #options: FollowedProjectOptions;
  readonly #started = Promise.withResolvers<void>();
  #attachment: LogAttachment | null = null;
  #isStarted = false;

  constructor(options: FollowedProjectOptions) {
    this.#options = options;
    this.database = options.project().database;
    this.delivery = new ChangeDelivery(options);
  }

  /** Resolves when everything committed from then on is heard of. */
  get started(): Promise<void> {
    return this.#started.promise;
  }

  attachedBy(attachment: LogAttachment): void {
    this.#attachment = attachment;
  }

  onStart({ isContinued }: { readonly isContinued: boolean }): void {
    // The connection was lost, and the log not kept: whoever listened has to know.
    if (this.#isStarted && !isContinued) this.delivery.interrupt();
    this.#isStarted = true;
    this.#started.resolve();
  }

  onBatch(batch: LogBatch): void {
    const { ref, rooms } = this.#options;
    for (const change of batch.changes) {
      const message = storedMessage(change);
      if (message !== null) rooms.publish(ref, message);
    }
    this.delivery.add(batch, batch.changes);
  }

  stop(): void {
    this.#attachment?.detach();
    this.delivery.close();
  }
}
