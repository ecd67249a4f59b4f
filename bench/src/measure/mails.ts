import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { startInstance } from '../instance/instance.ts';
import { startMailSink } from '../instance/mail-sink.ts';
import type { BenchOptions } from '../options.ts';
import { processTreeMemory } from './memory.ts';

const MAILS = 100_000;
const QUICK_MAILS = 2_000;
/** Recipients of one call. */
const EACH = 50;
const LOOK_MS = 500;
/** Ten times as slow as wanted. */
const LEAST_PER_SECOND = 20;
/** From here on the server is warm, and what it needs more is growth. */
const WARM_SHARE = 0.2;

export interface MailFigures {
  readonly mails: number;
  readonly perSecond: number;
  /** Of the server process, PostgreSQL aside. */
  readonly warmMiB: number;
  readonly peakMiB: number;
}

/** Queued mails of a built-in template, rendered and sent to a sink over SMTP by a server of their own. */
export async function measureMails(options: BenchOptions): Promise<MailFigures> {
  const mails = options.rounds < 5 ? QUICK_MAILS : MAILS;
  const folder = await mkdtemp(join(tmpdir(), 'ashlar-bench-mails-'));
  await using closing = new AsyncDisposableStack();
  closing.defer(() => rm(folder, { recursive: true, force: true }));
  const sink = closing.use(await startMailSink());
  const instance = await startInstance({
    dataDir: join(folder, 'data'),
    logLevel: 'warn',
    flags: { 'smtp-url': `smtp://127.0.0.1:${sink.port}?tls=none`, 'mail-from': 'shop@example.org' },
  });
  closing.defer(() => instance.stop());
  const client = new Client(instance.login('owner'));
  await client.connect();
  closing.defer(() => client.end());

  const startedAt = performance.now();
  await client.query(
    `select notifications.send_mail(array(select 'm' || n * $2::int + k || '@example.com' from generate_series(1, $2::int) k),
        template => 'notification',
        data => jsonb_build_object('title', 'Order ' || n, 'body', repeat('Your order is on its way. ', 10), 'url', '/orders/' || n))
       from generate_series(1, $1::int / $2::int) n`,
    [mails, EACH],
  );
  let warmMiB = 0;
  let peakMiB = 0;
  const endsAt = startedAt + (mails / LEAST_PER_SECOND) * 1000;
  while (sink.taken < mails) {
    if (performance.now() > endsAt) throw new Error(`Only ${sink.taken} of ${mails} mails came`);
    await sleep(LOOK_MS);
    const own = (await processTreeMemory(instance.pid)).find(({ pid }) => pid === instance.pid)?.pssMiB ?? 0;
    if (sink.taken < mails * WARM_SHARE) warmMiB = Math.max(warmMiB, own);
    peakMiB = Math.max(peakMiB, own);
  }
  const perSecond = mails / ((performance.now() - startedAt) / 1000);
  return { mails, perSecond, warmMiB: warmMiB === 0 ? peakMiB : warmMiB, peakMiB };
}
