import { heldBytes } from '@ashlar/testing';
import { expect, test } from 'vitest';
import { createNotificationsFixture } from './notifications.fixture.ts';

const WARM_UP = 100;
const MAILS = 100;
/** A mail is some 25 KiB at least, so holding all of them would be more. */
const MOST_BYTES = 1_500_000;

test('what was sent is not held: hundreds of mails later the heap is what it was', { timeout: 120_000 }, async () => {
  await using service = await createNotificationsFixture();
  const send = async (count: number): Promise<void> => {
    await service.as(
      'service',
      `select notifications.send_mail(array(select 'm' || n || '-' || k || '@example.com' from generate_series(1, 50) k),
          template => 'notification', data => jsonb_build_object('title', 'Order ' || n, 'body', repeat('x', 7000)))
         from generate_series(1, $1::int / 50) n`,
      [count],
    );
    service.jobs.push({
      task: 'notifications.send-due',
      key: 'x',
      repeat: 'keep',
      payload: { project: service.project.ref },
    });
    await service.work(30_000);
    const [left] = await service.test.sql(
      `select count(*)::int as n from notifications.messages where state <> 'sent'`,
    );
    expect(left).toEqual({ n: 0 });
    expect(service.receiver.received).toHaveLength(count);
    // Of the receiver and the test's own record.
    service.receiver.received.length = 0;
    service.observed.length = 0;
  };
  await send(WARM_UP);
  const before = heldBytes();
  await send(MAILS);
  expect(heldBytes() - before).toBeLessThan(MOST_BYTES);
});
