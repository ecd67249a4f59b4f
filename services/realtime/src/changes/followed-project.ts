import type { LogBatch } from '@ashlar/postgres';
import { must } from '@ashlar/kernel';
import type { LogListener, LogListening, Project, TablePattern } from '@ashlar/service';
import type { Rooms } from '../channel/rooms.ts';
import { ChangeDelivery, type ChangeDeliveryOptions } from '../table-changes/change-delivery.ts';
import { storedMessage } from './stored-message.ts';
import { type HeldTables, TableInterest } from './table-interest.ts';

export interface FollowedProjectOptions extends ChangeDeliveryOptions {
  readonly ref: string;
  readonly rooms: Rooms;
  /** How long tables are listened to after nobody wants them any more. */
  readonly lingerMs: number;
}

/** What is committed in one project, on its way to rooms and to those who subscribed to tables. */
export class FollowedProject implements LogListener {
  readonly name = 'realtime';
  readonly database: Project['database'];
  readonly delivery: ChangeDelivery;
  readonly #options: FollowedProjectOptions;
  readonly #started = Promise.withResolvers<void>();
  readonly #interest: TableInterest;
  #listening: LogListening | null = null;
  #isStarted = false;

  constructor(options: FollowedProjectOptions) {
    this.#options = options;
    this.database = options.project().database;
    this.delivery = new ChangeDelivery(options);
    this.#interest = new TableInterest(options.lingerMs);
  }

  /** Resolves when everything committed from then on is heard of. */
  get started(): Promise<void> {
    return this.#started.promise;
  }

  attachedBy(listening: LogListening): void {
    this.#listening = listening;
  }

  readonly interest = (): readonly TablePattern[] => this.#interest.patterns;

  /** Resolves once every change of these tables from then on is heard of. */
  hold(tables: readonly TablePattern[]): Promise<HeldTables> {
    const listening = must(this.#listening, 'somebody to tell what is committed');
    return this.#interest.hold(tables, () => listening.renew());
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
    this.#listening?.detach();
    this.#interest.close();
    this.delivery.close();
  }
}
