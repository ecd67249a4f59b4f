import { rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { makeInstanceFolder, proofSize, type RunningServer, startMailReceiver, startServer } from '@ashlar/testing';
import { expect, onTestFinished, test } from 'vitest';

const MAILS = proofSize('mails', { short: 120, full: 20_000 });
const ROUNDS = proofSize('mails', { short: 2, full: 20 });
/** Mails of one transaction. */
const BATCH = 20;

test(
  'a kill -9 while mails are sent loses none, and what comes twice has the same Message-ID',
  { timeout: 1_800_000 },
  async () => {
    const receiver = await startMailReceiver();
    const dataDir = await makeInstanceFolder();
    const environment = {
      ASHLAR_SMTP_URL: `smtp://127.0.0.1:${receiver.port}?tls=none`,
      ASHLAR_MAIL_FROM: 'Shop <shop@example.org>',
    };
    let server: RunningServer = await startServer({ dataDir, environment });
    onTestFinished(async () => {
      await server.stop();
      await receiver.close();
      await rm(dataDir, { recursive: true, force: true });
    });

    const perRound = Math.ceil(MAILS / ROUNDS / BATCH);
    let written = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      for (let batch = 0; batch < perRound; batch += 1) {
        // Every third transaction is undone.
        await server.sql(`begin; ${sendSql('undone', batch)}; rollback`);
        await server.sql(sendSql('kept', written));
        written += BATCH;
      }
      const before = receiver.received.length;
      await expect.poll(() => receiver.received.length, { timeout: 120_000, interval: 5 }).toBeGreaterThan(before + 5);
      await delay(Math.random() * 50);
      await server.end('SIGKILL');
      server = await startServer({ dataDir, environment });
    }
    // A message that was under way when its process was killed is taken up when its lease is over.
    await server.superuserSql(`update notifications.messages set due_at = now() where state = 'sending'`);
    await server.sql(`select notifications.send_mail('{last@example.com}', subject => 'last', body => 'x')`);
    const states = async (): Promise<unknown> =>
      server.sql(`select state, count(*)::int as n from notifications.messages group by 1`);
    await expect.poll(states, { timeout: 600_000, interval: 200 }).toEqual([{ state: 'sent', n: written + 1 }]);

    const byAddress = new Map<string, Set<string | undefined>>();
    for (const { to, mail } of receiver.received) {
      const [address = ''] = to;
      byAddress.set(address, (byAddress.get(address) ?? new Set()).add(mail.messageId));
    }
    const wanted = Array.from({ length: written }, (_none, index) => `kept-${index}@example.com`);
    expect([...byAddress.keys()].toSorted()).toEqual([...wanted, 'last@example.com'].toSorted());
    expect([...byAddress.values()].filter(({ size }) => size !== 1)).toEqual([]);
    // What was acknowledged and not noted: at most what can be under way at once, each time.
    expect(receiver.received.length - written - 1).toBeLessThanOrEqual(ROUNDS * 32);
  },
);

function sendSql(word: string, from: number): string {
  return `select notifications.send_mail(
      array(select '${word}-' || n || '@example.com' from generate_series(${from}, ${from + BATCH - 1}) n),
      template => 'notification', data => '{"title": "Hello"}')`;
}
