import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { codeCalls, EXPIRED } from '../code-calls.fixture.ts';
import {
  API_VERSION,
  createIdentityFixture,
  NOTHING_LIMITED,
  type Answer,
  type IdentityFixture,
} from '../identity-fixture.ts';
import { lastMail, outbox, wrongCode } from '../identity-mailbox.fixture.ts';

let identity: IdentityFixture;
beforeAll(async () => {
  identity = await createIdentityFixture({ auth: { autoconfirmEmail: false } });
});
afterAll(() => identity.close());
beforeEach(async () => {
  await identity.project.sql('delete from auth.users; delete from auth.outbox; delete from auth.address_guards');
});

const ADA = 'ada@example.com';

const { post, verify, confirmed, later } = codeCalls(() => identity);
const TOO_SOON = 'For security purposes, you can only request this after 60 seconds.';

test('of twenty uses of one code at once exactly one opens a session', async () => {
  await confirmed(ADA);
  await post('/otp', { email: ADA });
  const { token } = (await lastMail(identity, ADA)).data;
  const uses = await Promise.all(Array.from({ length: 20 }, () => verify({ type: 'email', email: ADA, token })));
  expect(uses.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(uses.filter(({ body }) => body.code === 'otp_expired')).toHaveLength(19);
  expect(await identity.project.sql('select count(*)::int as open from auth.sessions')).toEqual([{ open: 1 }]);
});

test('of fifty sign-ups of one address at once one account comes, and one mail', async () => {
  const body = { email: ADA, password: 'secret1' };
  const answers = await Promise.all(Array.from({ length: 50 }, () => post('/signup', body)));
  expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
  expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
  expect(await identity.project.sql('select count(*)::int as users from auth.users')).toEqual([{ users: 1 }]);
  expect(await outbox(identity, ADA)).toHaveLength(1);
});

test('of fifty requests of a code for a new address at once one account comes, and one mail', async () => {
  const answers = await Promise.all(Array.from({ length: 50 }, () => post('/otp', { email: ADA })));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(49);
  expect(await identity.project.sql('select count(*)::int as users from auth.users')).toEqual([{ users: 1 }]);
  expect(await outbox(identity, ADA)).toHaveLength(1);
});

test('a sign-up asked for again sends again after a minute, and answers alike meanwhile', async () => {
  const body = { email: ADA, password: 'secret1' };
  const first = await post('/signup', body);
  expect(await post('/signup', body)).toMatchObject({ status: 200, body: { id: first.body.id } });
  expect(await outbox(identity, ADA)).toHaveLength(1);
  later(60);
  await post('/signup', body);
  expect(await outbox(identity, ADA)).toHaveLength(2);
  const { token } = (await lastMail(identity, ADA)).data;
  expect((await verify({ type: 'signup', email: ADA, token })).status).toBe(200);
});

test('an account that was removed a moment ago may sign up again', async () => {
  await post('/signup', { email: ADA, password: 'secret1' });
  await post('/otp', { email: ADA });
  await identity.project.sql('delete from auth.users; delete from auth.outbox');
  await post('/signup', { email: ADA, password: 'secret1' });
  expect(await outbox(identity, ADA)).toHaveLength(1);
  await identity.project.sql('delete from auth.users; delete from auth.outbox');
  expect((await post('/otp', { email: ADA })).status).toBe(200);
  expect(await outbox(identity, ADA)).toHaveLength(1);
});

test('after ten wrong guesses a code is dead, and its link still works', async () => {
  await confirmed(ADA);
  await post('/otp', { email: ADA });
  const { token = '', tokenHash } = (await lastMail(identity, ADA)).data;
  const guesses = await Promise.all(
    Array.from({ length: 10 }, (_, index) => verify({ type: 'email', email: ADA, token: wrongCode(token, index + 1) })),
  );
  for (const guess of guesses) expect(guess).toMatchObject(EXPIRED);
  expect(await verify({ type: 'email', email: ADA, token })).toMatchObject(EXPIRED);
  expect((await verify({ type: 'email', token_hash: tokenHash })).status).toBe(200);
});

test('nine wrong guesses leave the code to its owner', async () => {
  await confirmed(ADA);
  await post('/otp', { email: ADA });
  const { token = '' } = (await lastMail(identity, ADA)).data;
  for (let step = 1; step < 10; step++) await verify({ type: 'email', email: ADA, token: wrongCode(token, step) });
  expect((await verify({ type: 'email', email: ADA, token })).status).toBe(200);
});

test('new codes give a guesser no more than fifty guesses a day, and a day later the owner is free again', async () => {
  await confirmed(ADA);
  for (let round = 0; round < 5; round++) {
    await post('/otp', { email: ADA });
    const { token = '' } = (await lastMail(identity, ADA)).data;
    await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        verify({ type: 'email', email: ADA, token: wrongCode(token, index + 1) }),
      ),
    );
    later(60);
  }
  const fresh = async (): Promise<Answer> => {
    await post('/otp', { email: ADA });
    return verify({ type: 'email', email: ADA, token: (await lastMail(identity, ADA)).data.token });
  };
  expect(await fresh()).toMatchObject(EXPIRED);
  later(86_400);
  expect((await fresh()).status).toBe(200);
});

test('guesses at an address without an account are answered and counted alike', async () => {
  const guess = { type: 'email', email: 'nobody@example.com', token: '123456' };
  const answers = await Promise.all(Array.from({ length: 12 }, () => verify(guess)));
  for (const answer of answers) expect(answer).toMatchObject(EXPIRED);
  expect(await identity.project.sql('select purpose, count from auth.address_guards')).toEqual([
    { purpose: 'guesses', count: 12 },
  ]);
  expect(JSON.stringify(await identity.project.sql('select subject from auth.address_guards'))).not.toContain('nobody');
});

test('a mail of one kind to one address goes out once a minute, and the client is told when', async () => {
  await confirmed(ADA);
  expect((await post('/recover', { email: ADA })).status).toBe(200);
  const again = await post('/recover', { email: ADA });
  expect(again).toMatchObject({
    status: 429,
    headers: { 'retry-after': '60' },
    body: { code: 'over_email_send_rate_limit', message: TOO_SOON },
  });
  later(45);
  expect((await post('/recover', { email: ADA })).body.message).toContain('after 15 seconds');
  later(15);
  expect((await post('/recover', { email: ADA })).status).toBe(200);
  expect(await outbox(identity, ADA)).toHaveLength(2);
});

test.each([
  ['/recover', { email: 'X' }],
  ['/resend', { type: 'signup', email: 'X' }],
  ['/resend', { type: 'email_change', email: 'X' }],
])('%s with %j tells nobody whether there is an account', async (url, body) => {
  await confirmed(ADA);
  for (const address of [ADA, 'nobody@example.com']) {
    const asked = { ...body, email: address };
    expect(await post(url, asked)).toMatchObject({ status: 200, body: {} });
    const repeated = await post(url, asked);
    expect(repeated).toMatchObject({ status: 429, body: { message: TOO_SOON } });
  }
  expect(await outbox(identity, 'nobody@example.com')).toEqual([]);
});

test('of twenty requests at once one mail goes out', async () => {
  await confirmed(ADA);
  const answers = await Promise.all(Array.from({ length: 20 }, () => post('/recover', { email: ADA })));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(await outbox(identity, ADA)).toHaveLength(1);
});

test('the limit of a project, once it is reached, tells nobody which addresses have an account', async () => {
  // Of 24 an hour two may go out at once. Settings that stand from the start: a change begins the count anew.
  const protection = { ...NOTHING_LIMITED, mailsPerHour: 24 };
  await using limited = await createIdentityFixture({
    auth: { autoconfirmEmail: false },
    settings: { protection },
  });
  const ask = (url: string, body: object): Promise<Answer> => limited.ask({ url, body, headers: API_VERSION });
  const body = { email: ADA, password: 'secret1', email_confirm: true };
  await limited.ask({ url: '/admin/users', token: limited.serviceToken, body });
  for (const email of ['one@example.com', 'two@example.com']) {
    expect((await ask('/recover', { email })).status).toBe(200);
  }
  const exhausted = { status: 429, body: { code: 'over_email_send_rate_limit', message: 'email rate limit exceeded' } };
  for (const email of [ADA, 'nobody@example.com']) {
    expect(await ask('/recover', { email })).toMatchObject(exhausted);
    expect(await ask('/resend', { type: 'signup', email })).toMatchObject(exhausted);
    expect(await ask('/signup', { email, password: 'secret1' })).toMatchObject(exhausted);
  }
});
