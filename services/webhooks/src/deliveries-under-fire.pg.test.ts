import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { proofSize } from '@ashlar/testing';
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import type { DeliveryTerms } from './domain/retry-schedule.ts';
import type { DeliverTerms } from './fixtures/deliver.ts';
import {
  createWebhooksFixture,
  type Received,
  type Receiver,
  startReceiver,
  type WebhooksFixture,
} from './webhooks.fixture.ts';

const EVENTS = proofSize('webhooks', { short: 200, full: 20_000 });
const KILL_EVERY_MS = proofSize('webhooks', { short: 800, full: 5_000 });
const KILLS = proofSize('webhooks', { short: 2, full: Infinity });
const PROCESSES = 2;
const SUBJECTS = 40;
const PATIENCE_MS = proofSize('webhooks', { short: 120_000, full: 3_600_000 });

const TERMS: Partial<DeliveryTerms> = {
  // Many short pauses instead of some long ones: what is proved is that none is forgotten.
  retryAfterSeconds: Array.from({ length: 400 }, () => 0.2),
  pauseSeconds: { first: 0.1, longest: 0.5 },
  disableAfter: { days: 5, failures: 1_000_000 },
  timeoutMs: 1_000,
  leaseMs: 2_500,
};

/** Bad for its first attempts at an event, then well: so that all has to arrive in the end. */
type Behaviour = (response: ServerResponse) => void;
const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  '/fine': (response) => response.end(),
  '/client-errors': (response) => response.writeHead(422).end('no'),
  '/server-errors': (response) => response.writeHead(503, { 'retry-after': '0' }).end('later'),
  '/silent': () => undefined,
  '/half': (response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('half');
    setTimeout(() => response.destroy(), 5);
  },
};
/** Every so many-th event is answered badly at first. */
const BAD_EVERY: Readonly<Record<string, number>> = { '/silent': 50 };

class Workers {
  readonly #terms: string;
  readonly #children: ChildProcess[] = [];
  kills = 0;

  constructor(terms: DeliverTerms) {
    this.#terms = JSON.stringify(terms);
  }

  async start(): Promise<void> {
    const script = fileURLToPath(new URL('fixtures/deliver.ts', import.meta.url));
    const child = spawn(process.execPath, [script, this.#terms], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#children.push(child);
    if (child.stdout !== null) await once(child.stdout, 'data');
  }

  /** Kills the oldest and starts another. */
  async replaceOne(): Promise<void> {
    await this.#kill(this.#children.shift());
    this.kills += 1;
    await this.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#children.map((child) => this.#kill(child)));
  }

  async #kill(child: ChildProcess | undefined): Promise<void> {
    if (child === undefined || child.exitCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }
}

/** Events of some subjects, numbered; every fourth transaction is rolled back. @returns The ids of those committed. */
async function emitAll(fixture: WebhooksFixture): Promise<readonly string[]> {
  const ids: string[] = [];
  const batch = EVENTS / 20;
  for (let round = 0; round < 20; round += 1) {
    await fixture.test.sql(
      `begin; select events.emit('app.fire.undone', 's-' || n % ${SUBJECTS}, '{}') from generate_series(1, ${batch / 4}) n; rollback`,
    );
    const rows = await fixture.test.sql<{ id: string }>(
      `select events.emit('app.fire.done', 's-' || (n % ${SUBJECTS}), jsonb_build_object('n', n))::text as id
         from generate_series(${round * batch + 1}, ${(round + 1) * batch}) n`,
    );
    ids.push(...rows.map(({ id }) => id));
    await delay(50);
  }
  return ids;
}

/** @param forged Gets what the reference library does not accept, when it comes. */
function startBadReceiver(
  secrets: ReadonlyMap<string, { readonly secret: string }>,
  forged: Received[],
): Promise<Receiver> {
  const seen = new Set<string>();
  return startReceiver((received: Received, response) => {
    const { path, headers, body } = received;
    if (!isSigned(received, secrets.get(path)?.secret ?? '')) forged.push(received);
    if (path === '/gone') return void response.writeHead(410).end();
    const id = `${path} ${String(headers['webhook-id'])}`;
    const isBad = !seen.has(id) && JSON.parse(body).data.n % (BAD_EVERY[path] ?? 10) === 0;
    seen.add(id);
    if (isBad) BEHAVIOURS[path]?.(response);
    else response.end();
  });
}

test(
  'whatever receivers answer and whoever is killed, every committed event arrives, in order where asked, and no other',
  { timeout: PATIENCE_MS + 60_000 },
  async () => {
    const secrets = new Map<string, { readonly id: string; readonly secret: string }>();
    const forged: Received[] = [];
    await using receiver = await startBadReceiver(secrets, forged);
    // This process manages and delivers nothing: only those deliver that may be killed.
    await using fixture = await createWebhooksFixture({ events: false, terms: { perProject: 0 } });
    const { target, cluster } = fixture.test;
    const { services = new Map(), ...plain } = target;
    const workers = new Workers({
      target: plain,
      services: [...services],
      access: cluster.admin(target.database),
      terms: TERMS,
    });
    for (const path of [...Object.keys(BEHAVIOURS), '/gone']) {
      const asked = { url: receiver.url + path, event_types: ['app.fire.*'], ordered: path === '/server-errors' };
      const { body } = await fixture.ask('POST', '/endpoints', asked);
      secrets.set(path, body);
    }
    try {
      await Promise.all(Array.from({ length: PROCESSES }, () => workers.start()));
      while ((await fixture.test.sql('select from events.consumers')).length === 0) await delay(20);
      const done = new AbortController();
      const killing = (async () => {
        while (!done.signal.aborted && workers.kills < KILLS) {
          await delay(KILL_EVERY_MS);
          if (!done.signal.aborted) await workers.replaceOne();
        }
      })();
      const ids = await emitAll(fixture);
      const gone = secrets.get('/gone')?.id;
      const open = async (): Promise<unknown> => {
        const [row] = await fixture.test.sql<{ delivered: number; open: number; failed: number }>(
          `select count(*) filter (where state = 'delivered')::int as delivered,
                  count(*) filter (where state = 'pending')::int as open,
                  count(*) filter (where state = 'failed')::int as failed
             from webhooks.deliveries where endpoint_id <> $1`,
          [gone],
        );
        return row;
      };
      const expected = { delivered: EVENTS * Object.keys(BEHAVIOURS).length, open: 0, failed: 0 };
      await expect.poll(open, { timeout: PATIENCE_MS, interval: 200 }).toEqual(expected);
      done.abort();
      await killing;

      expect(workers.kills).toBeGreaterThan(0);
      check(receiver.received, ids, secrets.keys());
      expect(forged).toEqual([]);
      const { body } = await fixture.ask('GET', `/endpoints/${gone}`);
      expect(body).toMatchObject({ enabled: false, disabled_reason: 'gone' });
    } finally {
      await workers.stop();
    }
  },
);

function isSigned({ headers, body }: Received, secret: string): boolean {
  try {
    // Node gives names that come once as texts.
    new Webhook(secret).verify(body, headers as Record<string, string>);
    return true;
  } catch {
    return false;
  }
}

function check(received: readonly Received[], ids: readonly string[], paths: Iterable<string>): void {
  const committed = new Set(ids);
  for (const path of paths) {
    const bodies = new Map<string, string>();
    const first = new Map<string, number>();
    let disorder = 0;
    for (const { headers, body } of received.filter((one) => one.path === path)) {
      const id = String(headers['webhook-id']);
      // A repeat is the same event with the same id.
      expect(bodies.get(id) ?? body).toBe(body);
      const { subject, data } = JSON.parse(body);
      if (!bodies.has(id)) {
        if (data.n < (first.get(subject) ?? 0)) disorder += 1;
        first.set(subject, data.n);
      }
      bodies.set(id, body);
    }
    expect([...bodies.keys()].filter((id) => !committed.has(id))).toEqual([]);
    if (path === '/gone') continue;
    expect(ids.filter((id) => !bodies.has(id))).toEqual([]);
    if (path === '/server-errors') expect(disorder).toBe(0);
  }
}
