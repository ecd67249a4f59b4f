import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Bus, Relay } from '@ashlar/bus';
import type { OpenProject, ProjectRecord, ProjectRegistry } from '@ashlar/control';
import { type Cluster, databasesWithSlots, hasConsumersBehind, type ProjectDatabase } from '@ashlar/postgres';
import type { ProjectLogs, Service } from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import { EventSignals } from './logs/event-signals.ts';
import { FollowedProject } from './logs/followed-project.ts';
import { NewsCodec } from './logs/foreign-news.ts';
import { NEWS_KIND, NewsSender } from './logs/news-sender.ts';

export interface ProjectLogsOptions {
  readonly cluster: Cluster;
  /** The control database. */
  readonly control: ProjectDatabase;
  readonly projects: Pick<ProjectRegistry, 'watch' | 'wake' | 'list' | 'hostOf' | 'openHost'>;
  readonly observe: Observe;
  /** A project out of use for this long gives its log back. */
  readonly idleMs: number;
  /** Ways of events between processes, and the name of this one, which outlives it; null when there are none. */
  readonly relay: { readonly relay: Relay; readonly follower: string } | null;
  /** Reaches the other processes of the instance, if it is shared. */
  readonly bus: Bus;
  /** The same in all processes of the instance. */
  readonly secret: string;
}

export interface OpenedLogs extends ProjectLogs {
  /** Delivers the events of projects in use to the subscriptions of these services. Once per process. */
  serve(services: readonly Service[]): void;
  close(): Promise<void>;
}

/** How many times within the idle time it is looked who is idle. */
const LOOKS_PER_IDLE_TIME = 5;
const MIN_LOOK_MS = 200;
/** Projects served at once; the server has 64 slots, some of which listeners take. */
const MAX_DELIVERING = 40;
/** When more want to be, those go that are out of use for this long. */
const CROWDED_IDLE_MS = 2_000;
/** Pause between projects that are woken because something was left to do. */
const STAGGER_MS = 100;

/** One stream for each project somebody listens to or services want events of; those that rest have none. */
export function openProjectLogs(options: ProjectLogsOptions): OpenedLogs {
  const { cluster, control, projects, observe, idleMs } = options;
  const followed = new Map<string, FollowedProject>();
  const senders = new Map<string, NewsSender>();
  const signals = new EventSignals(control);
  const relay = options.relay?.relay ?? null;
  const codec = new NewsCodec(options.secret);
  const feed = options.bus.isShared ? { bus: options.bus, self: randomUUID() } : null;
  const closing = new AbortController();
  /** Of this process, as far as projects have woken. */
  const consumers = new Set<string>();
  /** Because of news; more of them change nothing. */
  const beingWoken = new Set<string>();
  let servedServices: readonly Service[] = [];
  let waking: Promise<void> = Promise.resolve();

  const round = setInterval(
    () => {
      for (const project of followed.values()) void project.rest(idleMs);
    },
    Math.max(idleMs / LOOKS_PER_IDLE_TIME, MIN_LOOK_MS),
  ).unref();

  function follow(ref: string, database: string): FollowedProject {
    const known = followed.get(ref);
    if (known !== undefined) return known;
    const signal = (xid: number | null): void => signals.tell({ ref, kind: 'events', xid });
    const sender = new NewsSender({ ref, relay, codec, signal });
    senders.set(ref, sender);
    const project = new FollowedProject({
      ref,
      access: projects.hostOf(ref).admin(database),
      observe,
      feed,
      onForeign: (news) => sender.tell(news),
      onStandby: () => {
        project.look(null);
        signals.tell({ ref, kind: 'served', xid: null });
      },
      onStarting: makeRoom,
      onUnheard: () => {
        if (project.isLeft) unfollow(ref);
      },
    });
    followed.set(ref, project);
    return project;
  }

  function onWake({ project, target }: OpenProject): void {
    if (!projects.hostOf(project.ref).capabilities.replication) return;
    const subscriptions = servedServices.flatMap((service) => service.subscriptions?.(project) ?? []);
    if (subscriptions.length === 0 && !followed.has(project.ref)) return;
    for (const { consumer } of subscriptions) consumers.add(consumer);
    follow(project.ref, target.database).wake({ database: project.database, subscriptions });
  }

  /** There are fewer slots than there may be projects. */
  function makeRoom(): void {
    const delivering = [...followed.values()].filter(({ isDelivering }) => isDelivering);
    if (delivering.length < MAX_DELIVERING) return;
    const [leastUsed] = delivering.toSorted((a, b) => a.usedAt - b.usedAt);
    void leastUsed?.rest(CROWDED_IDLE_MS);
  }

  async function onLeave(ref: string): Promise<void> {
    const project = followed.get(ref);
    await project?.leave();
    if (project?.isHeard !== true) unfollow(ref);
  }

  function unfollow(ref: string): void {
    followed.delete(ref);
    senders.get(ref)?.close();
    senders.delete(ref);
  }

  /** Another process has something to say about a project that this one may not even have woken. */
  async function onSignal({ ref, kind, xid }: { ref: string; kind: string; xid: number | null }): Promise<void> {
    if (kind === 'served') {
      followed.get(ref)?.lookForOthers();
      return;
    }
    if (followed.get(ref)?.isDelivering !== true) await wakeQuietly(ref);
    followed.get(ref)?.look(xid);
  }

  function onNews(ref: string, bytes: Uint8Array): void {
    const chained = codec.decode(ref, bytes);
    if (chained === null) return;
    const project = followed.get(ref);
    if (project?.isDelivering === true) project.hear(chained);
    // One at rest reads in the event log what it was not awake to hear.
    else if (!beingWoken.has(ref)) void wakeForNews(ref, chained.news.xid);
  }

  async function wakeForNews(ref: string, xid: number | null): Promise<void> {
    beingWoken.add(ref);
    try {
      await onSignal({ ref, kind: 'events', xid });
    } finally {
      beingWoken.delete(ref);
    }
  }

  function lookEverywhere(): void {
    for (const project of followed.values()) {
      project.look(null);
      // Whoever came meanwhile has said so to nobody.
      project.lookForOthers();
    }
  }

  async function wakeQuietly(ref: string): Promise<void> {
    try {
      const project = await projects.wake(ref);
      // One that rests comes back with its next use.
      if (project !== undefined) followed.get(ref)?.resume();
    } catch {
      // What there is to do is still there when it wakes for somebody else.
    }
  }

  /** Those that were not put to rest by the process that served them. */
  async function wakeUndelivered(): Promise<void> {
    const withSlots = new Set(await databasesWithSlots(cluster.admin(cluster.control.database)));
    for (const project of await projects.list()) {
      closing.signal.throwIfAborted();
      const { ref, status, databaseServer } = project;
      if (status !== 'active' || followed.has(ref)) continue;
      const isLeft =
        databaseServer === null
          ? withSlots.has(cluster.databaseOf(ref)) || (await isBehind(cluster.admin(cluster.databaseOf(ref))))
          : await isLeftElsewhere(project);
      if (!isLeft) continue;
      await wakeQuietly(ref);
      await delay(STAGGER_MS, undefined, { signal: closing.signal });
    }
  }

  /** On a server of its own, which may be away. */
  async function isLeftElsewhere(project: ProjectRecord): Promise<boolean> {
    try {
      const host = await projects.openHost(project);
      const access = host.admin(host.databaseOf(project.ref));
      return (await databasesWithSlots(access)).includes(access.database) || (await isBehind(access));
    } catch {
      return false;
    }
  }

  async function isBehind(access: ReturnType<Cluster['admin']>): Promise<boolean> {
    if (consumers.size === 0) return false;
    try {
      return await hasConsumersBehind(access, [...consumers]);
    } catch {
      // It is away, or was never migrated.
      return false;
    }
  }

  return {
    listen({ ref, database }, listener) {
      if (!projects.hostOf(ref).capabilities.replication) return null;
      return follow(ref, database.database).listen(listener);
    },
    serve(services) {
      servedServices = services;
      projects.watch({ onWake, onLeave });
      if (!services.some(({ subscriptions }) => subscriptions !== undefined)) return;
      const listening = signals.listen({
        onSignal: (signal) => void onSignal(signal),
        onMissed: lookEverywhere,
      });
      options.relay?.relay.follow({
        name: options.relay.follower,
        kind: NEWS_KIND,
        onBatch: ({ project, bytes }) => onNews(project, bytes),
        onMissed: lookEverywhere,
      });
      waking = listening
        .then(lookEverywhere)
        .then(wakeUndelivered)
        .catch(() => undefined);
    },
    close: async () => {
      clearInterval(round);
      closing.abort();
      await waking;
      for (const sender of senders.values()) sender.close();
      await relay?.close();
      await Promise.all([...followed.values()].map((project) => project.leave()));
      await signals.close();
    },
  };
}
