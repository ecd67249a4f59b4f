import { setTimeout as delay } from 'node:timers/promises';
import type { Observe } from '@ashlar/telemetry';
import { DatabaseError } from 'pg';
import type { AdminAccess } from '../cluster/admin-connection.ts';
import type { Connection } from '../session/wire/connection.ts';
import { acquireDurableSlot, acquireTemporarySlot, type AcquiredSlot } from './acquire-slot.ts';
import type { BatchBounds } from './assemble-commits.ts';
import { Attachment } from './attachment.ts';
import { dialLog } from './dial-log.ts';
import { dropDurableSlot } from './drop-durable-slot.ts';
import type { LogBatch, LogNote } from './log-batch.ts';
import type { GapReason, LogAttachment, LogConsumer } from './log-consumer.ts';
import { LogReader } from './log-reader.ts';
import type { Lsn } from './lsn.ts';
import { knownPublications, type LogHistory, readHistory } from './slot.ts';
import { streamErrors } from './stream-errors.ts';
import { watchSlot } from './watch-slot.ts';

/** What is read unless the options say otherwise: the event log, and the tables clients may subscribe to. */
const PUBLICATIONS: readonly string[] = ['ashlar_stream', 'supabase_realtime'];

/** First pause after a failure, and the longest. */
const RETRY_MS = { first: 100, longest: 2_000 };

/** An object the log was written with is gone, such as a publication made anew: this slot can never be read past it. */
const UNDEFINED_OBJECT = '42704';
/** Somebody else was faster; the next look finds the slot in use. */
const OBJECT_IN_USE = '55006';

export interface LogStreamOptions {
  /** Ref, for names and reports. */
  readonly project: string;
  /** A login with REPLICATION on the project's database. */
  readonly access: AdminAccess;
  readonly observe: Observe;
  /** Publications read, of those the database has. */
  readonly publications?: readonly string[];
  readonly bounds?: BatchBounds;
  /**
   * Names of durable consumers. While one of them is not attached nothing is acknowledged, so that none misses what
   * another has read before it came, or after it left. Default: nobody is waited for.
   */
  readonly waitsFor?: readonly string[];
  /** Told whenever the state changes; must return at once. */
  readonly onState?: (state: LogStreamStatus['state']) => void;
  /** How often it is reported how much log the server keeps for durable consumers. Default a minute. */
  readonly measureEveryMs?: number;
}

export interface LogStreamStatus {
  /**
   * `idle`: nobody listens. `creating`: waits for transactions that run. `standby`: another process reads.
   */
  readonly state: 'idle' | 'connecting' | 'creating' | 'standby' | 'reading';
  /** Everything before it is done with. */
  readonly doneLsn: Lsn;
  /** Where the connection of the moment began to read; null while there is none. */
  readonly start: LogStreamStart | null;
}

export interface LogStreamStart {
  /** Whatever ended after it is told. */
  readonly lsn: Lsn;
  /** The slot was kept from before. */
  readonly isContinued: boolean;
  /** Names the history of the server in which positions mean something. */
  readonly history: string;
}

/** What was committed to one database, in order, told to everybody who listens; read from the server once. */
export interface LogStream {
  attach(consumer: LogConsumer): LogAttachment;
  status(): LogStreamStatus;
  /**
   * Gives up what the server keeps for durable consumers, for a project that rests: they meet a gap when they come
   * back. To be called when nobody is attached any more.
   *
   * @returns False when another process reads it or stands by, and it stays.
   */
  forget(): Promise<boolean>;
  /** Reads no more. What the server keeps for durable consumers stays. */
  close(): Promise<void>;
}

/** Opens nothing until somebody attaches; from then on it comes back by itself after every loss. */
export function createLogStream(options: LogStreamOptions): LogStream {
  return new Stream(options);
}

class Stream implements LogStream {
  readonly #options: LogStreamOptions;
  readonly #attachments = new Set<Attachment>();
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;
  #wake = Promise.withResolvers<void>();
  /** Ends the connection of the moment, to begin again on other terms. */
  #round = new AbortController();
  #reader: LogReader | null = null;
  #state: LogStreamStatus['state'] = 'idle';
  #history: LogHistory | null = null;
  #renew: GapReason | null = null;
  #start: LogStreamStart | null = null;
  #quietLsn: Lsn = 0n;
  #doneLsn: Lsn = 0n;

  constructor(options: LogStreamOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  attach(consumer: LogConsumer): LogAttachment {
    if (this.#closing.signal.aborted) throw streamErrors.streamClosed({ project: this.#options.project });
    const attachment = new Attachment(consumer);
    const isReading = this.#state === 'reading';
    this.#attachments.add(attachment);
    // Told from the next transaction on; a durable one may need another slot, or has to be asked before more is.
    if (consumer.isDurable || !isReading) this.#restart();
    else this.#startTransient(attachment, false);
    return {
      acknowledge: (endLsn) => {
        attachment.acknowledge(endLsn);
        this.#advance();
      },
      detach: () => {
        if (!this.#attachments.delete(attachment)) return;
        if (this.#attachments.size === 0 || consumer.isDurable) this.#restart();
      },
    };
  }

  status(): LogStreamStatus {
    return { state: this.#state, doneLsn: this.#doneLsn, start: this.#start };
  }

  async forget(): Promise<boolean> {
    return dropDurableSlot(this.#options.access, this.#options.project);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#restart();
    await this.#running;
  }

  #enter(state: LogStreamStatus['state']): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#options.onState?.(state);
  }

  #restart(): void {
    this.#wake.resolve();
    this.#round.abort();
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#closing.signal.aborted) {
      this.#wake = Promise.withResolvers();
      this.#round = new AbortController();
      if (this.#attachments.size === 0) {
        this.#enter('idle');
        await this.#wake.promise;
        continue;
      }
      this.#enter('connecting');
      const startedAt = performance.now();
      const error = await this.#readOnce().catch((reason: unknown) => reason);
      for (const attachment of this.#attachments) attachment.isStarted = false;
      this.#reader = null;
      this.#start = null;
      this.#state = 'connecting';
      if (this.#round.signal.aborted || error === null) continue;
      failures = performance.now() - startedAt > RETRY_MS.longest * 2 ? 1 : failures + 1;
      await this.#pauseAfter(error, failures);
    }
    this.#enter('idle');
  }

  async #pauseAfter(reason: unknown, failures: number): Promise<void> {
    const code = reason instanceof DatabaseError ? reason.code : undefined;
    if (code === UNDEFINED_OBJECT) this.#renew = 'slot-unreadable';
    const retryInMs = pauseMs(failures);
    if (code !== OBJECT_IN_USE) {
      this.#options.observe({ kind: 'stream.lost', project: this.#options.project, error: reason, retryInMs });
    }
    try {
      await delay(retryInMs, undefined, { signal: this.#round.signal });
    } catch {
      // Something has changed that is worth an attempt at once.
    }
  }

  /** One connection, from login to its end. Resolves with why it ended, null when we wanted it. */
  async #readOnce(): Promise<Error | null> {
    const { signal } = this.#round;
    const connection = await dialLog(this.#options.access, this.#options.project);
    const onAbort = (): void => {
      if (this.#reader === null) connection.destroy(new Error('The stream begins anew'));
      else this.#reader.stop();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      signal.throwIfAborted();
      const slot = await this.#acquire(connection, signal);
      return await this.#readSlot(connection, slot, signal);
    } finally {
      signal.removeEventListener('abort', onAbort);
      connection.end();
      // The next connection would find the slot in use.
      await connection.ended;
    }
  }

  async #acquire(connection: Connection, signal: AbortSignal): Promise<AcquiredSlot> {
    const history = await readHistory(connection);
    const known = this.#history;
    const isOther = known !== null && (known.systemId !== history.systemId || known.timeline !== history.timeline);
    if (isOther) this.#renew = 'other-history';
    const slot = this.#hasDurable()
      ? await acquireDurableSlot(connection, {
          onGap: (reason) => this.#announceGap(reason),
          onState: (state) => this.#enter(state),
          renew: this.#renew,
          signal,
        })
      : await acquireTemporarySlot(connection);
    if (isOther) this.#forgetPositions();
    this.#history = history;
    this.#renew = null;
    return slot;
  }

  #forgetPositions(): void {
    for (const attachment of this.#attachments) attachment.forget();
    this.#quietLsn = 0n;
    this.#doneLsn = 0n;
  }

  async #readSlot(connection: Connection, slot: AcquiredSlot, signal: AbortSignal): Promise<Error | null> {
    const { project, bounds, observe, publications = PUBLICATIONS } = this.#options;
    const open = Promise.withResolvers<void>();
    // Rejected only to let go of the batches that wait for it.
    open.promise.catch(() => undefined);
    let isOpen = false;
    const reader = new LogReader(connection, {
      slot: slot.name,
      startLsn: slot.confirmedLsn,
      publications: await knownPublications(connection, publications),
      ...(bounds === undefined ? {} : { bounds }),
      onBatch: (batch) => (isOpen ? this.#tell(batch) : open.promise.then(() => this.#tell(batch))),
      onNote: (note) => this.#tellNote(note),
      onQuiet: (walEnd) => {
        if (!isOpen) return;
        this.#quietLsn = walEnd;
        this.#tellQuiet(walEnd);
        this.#advance();
      },
    });
    signal.throwIfAborted();
    this.#reader = reader;
    const { systemId, timeline } = this.#history ?? { systemId: '', timeline: '' };
    const { confirmedLsn: lsn, isContinued } = slot;
    this.#start = { lsn, isContinued, history: `${systemId}/${timeline}` };
    const stopWatching = this.#hasDurable() ? watchSlot({ ...this.#options, slot: slot.name }) : undefined;
    try {
      await reader.start();
      observe({ kind: 'stream.reading', project, slot: slot.name, isContinued: slot.isContinued });
      await this.#startConsumers(slot.isContinued);
      isOpen = true;
      this.#enter('reading');
      open.resolve();
      return await reader.ended();
    } finally {
      open.reject(new Error('The connection is over'));
      stopWatching?.();
    }
  }

  async #startConsumers(isContinued: boolean): Promise<void> {
    for (const attachment of this.#attachments) {
      if (!attachment.consumer.isDurable) {
        this.#startTransient(attachment, isContinued);
        continue;
      }
      await attachment.consumer.onStart({ isContinued });
      attachment.isStarted = true;
    }
  }

  #startTransient(attachment: Attachment, isContinued: boolean): void {
    attachment.isStarted = true;
    this.#protect(attachment, () => attachment.consumer.onStart({ isContinued }));
  }

  async #announceGap(reason: GapReason): Promise<void> {
    this.#options.observe({ kind: 'stream.gap', project: this.#options.project, reason });
    for (const { consumer } of this.#attachments) if (consumer.isDurable) await consumer.onGap?.(reason);
  }

  #tell(batch: LogBatch): void | Promise<void> {
    let waiting: Promise<void>[] | undefined;
    for (const attachment of this.#attachments) {
      if (!attachment.consumer.isDurable) {
        this.#protect(attachment, () => attachment.offer(batch));
        continue;
      }
      const answer = attachment.offer(batch);
      if (answer !== undefined) (waiting ??= []).push(answer);
    }
    if (batch.endLsn !== null && !this.#hasDurable()) this.#quietLsn = batch.endLsn;
    if (waiting === undefined) {
      if (batch.isLast) this.#advance();
      return undefined;
    }
    return Promise.all(waiting).then(() => this.#advance());
  }

  #tellNote(note: LogNote): void {
    for (const attachment of this.#attachments) {
      if (attachment.isStarted) this.#protect(attachment, () => attachment.consumer.onNote?.(note));
    }
  }

  #tellQuiet(walEnd: Lsn): void {
    for (const attachment of this.#attachments) {
      if (attachment.isStarted) this.#protect(attachment, () => attachment.consumer.onQuiet?.(walEnd));
    }
  }

  /** Nobody else hears of a failure. */
  #protect({ consumer }: Attachment, run: () => void | Promise<void>): void {
    const failed = (error: unknown): void =>
      this.#options.observe({
        kind: 'stream.consumer-failed',
        project: this.#options.project,
        consumer: consumer.name,
        error,
      });
    try {
      run()?.catch(failed);
    } catch (error) {
      failed(error);
    }
  }

  #advance(): void {
    let lsn: Lsn | null = null;
    const missing = new Set(this.#options.waitsFor);
    for (const attachment of this.#attachments) {
      if (attachment.isStarted) missing.delete(attachment.consumer.name);
      const { isDurable, holdsBack } = attachment.consumer;
      if (!isDurable && holdsBack !== true) continue;
      const done = isDurable ? attachment.doneUpTo(this.#quietLsn) : attachment.acknowledged;
      if (lsn === null || done < lsn) lsn = done;
    }
    if (missing.size > 0 && this.#hasDurable()) return;
    lsn ??= this.#quietLsn;
    if (lsn > this.#doneLsn) this.#doneLsn = lsn;
    this.#reader?.acknowledge(lsn);
  }

  #hasDurable(): boolean {
    for (const { consumer } of this.#attachments) if (consumer.isDurable) return true;
    return false;
  }
}

/** Doubles with every failure in a row, less up to half of it, so that several processes do not come together. */
function pauseMs(failures: number): number {
  const full = Math.min(RETRY_MS.first * 2 ** Math.min(failures - 1, 10), RETRY_MS.longest);
  return Math.round(full * (0.5 + Math.random() / 2));
}
