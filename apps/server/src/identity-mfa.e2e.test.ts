import { createHmac } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { startServer, type RunningServer } from '@ashlar/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const TEST_PHONE = '491701234567';
const TEST_CODE = '654321';
const PASSWORD = 'correct horse battery';

let server: RunningServer;
let admin: SupabaseClient;

beforeAll(async () => {
  server = await startServer();
  admin = client(server.serviceRoleKey);
  await changeSettings('mfa', { phone: { enroll: true, verify: true } });
  await changeSettings('phone', { testCodes: { [TEST_PHONE]: TEST_CODE } });
  await server.sql(`
    create table ledger (id int primary key, owner uuid not null default auth.uid());
    alter table ledger enable row level security;
    create policy own on ledger to authenticated using (owner = (select auth.uid()));
    create policy second_factor on ledger as restrictive to authenticated
      using ((select auth.jwt() ->> 'aal') = 'aal2');
  `);
});
afterAll(async () => {
  await server?.stop();
});

function client(key: string): SupabaseClient {
  return createClient(server.url, key, {
    auth: { persistSession: false, autoRefreshToken: false, experimental: { recoveryCodes: true } },
  });
}

async function changeSettings(section: string, value: object): Promise<void> {
  const { status } = await fetch(`${server.url}/auth/v1/admin/settings/${section}`, {
    method: 'PATCH',
    headers: { apikey: server.serviceRoleKey, authorization: `Bearer ${server.serviceRoleKey}` },
    body: JSON.stringify(value),
  });
  expect(status).toBe(200);
}

async function signedUp(email: string): Promise<SupabaseClient> {
  const user = client(server.publishableKey);
  expect((await user.auth.signUp({ email, password: PASSWORD })).error).toBeNull();
  return user;
}

async function signedIn(email: string): Promise<SupabaseClient> {
  const user = client(server.publishableKey);
  expect((await user.auth.signInWithPassword({ email, password: PASSWORD })).error).toBeNull();
  return user;
}

/** An authenticator app, which never shows one code twice. */
class AuthenticatorApp {
  readonly #secret: Buffer;
  #lastStep = 0;

  constructor(base32: string) {
    const bits = base32
      .split('')
      .map((character) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(character).toString(2).padStart(5, '0'))
      .join('');
    this.#secret = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  }

  async code(): Promise<string> {
    let now = Date.now() / 30_000;
    // A code of the step before is taken too, but not if its time ends on the way.
    while (this.#lastStep > Math.floor(now) || now % 1 > 0.8) {
      await delay(100);
      now = Date.now() / 30_000;
    }
    const step = Math.max(Math.floor(now) - 1, this.#lastStep + 1);
    this.#lastStep = step;
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(step));
    const digest = createHmac('sha1', this.#secret).update(counter).digest();
    const number = digest.readUInt32BE((digest.at(-1) ?? 0) & 15) & 0x7fffffff;
    return String(number % 1_000_000).padStart(6, '0');
  }
}

interface WithTotp {
  readonly user: SupabaseClient;
  readonly app: AuthenticatorApp;
  readonly factorId: string;
}

async function withTotp(email: string): Promise<WithTotp> {
  const user = await signedUp(email);
  const { data, error } = await user.auth.mfa.enroll({ factorType: 'totp', friendlyName: 'app', issuer: 'Stone' });
  expect(error).toBeNull();
  if (data?.type !== 'totp') throw new Error('no TOTP factor was enrolled');
  expect(data.totp.qr_code).toMatch(/^data:image\/svg\+xml;utf-8,<svg /);
  expect(data.totp.uri).toContain('otpauth://totp/Stone:');
  const app = new AuthenticatorApp(data.totp.secret);
  const verified = await user.auth.mfa.challengeAndVerify({ factorId: data.id, code: await app.code() });
  expect(verified.error).toBeNull();
  return { user, app, factorId: data.id };
}

const levels = async (user: SupabaseClient): Promise<readonly [string | null, string | null]> => {
  const { data } = await user.auth.mfa.getAuthenticatorAssuranceLevel();
  return [data?.currentLevel ?? null, data?.nextLevel ?? null];
};

describe('a TOTP factor, with the real client', () => {
  test('lifts sessions to the second level, which a restrictive policy asks for over REST', async () => {
    const { user, app, factorId } = await withTotp('ada@example.org');
    expect(await levels(user)).toEqual(['aal2', 'aal2']);
    const { data: account } = await user.auth.getUser();
    await admin.from('ledger').insert({ id: 1, owner: account.user?.id });
    expect((await user.from('ledger').select('id')).data).toEqual([{ id: 1 }]);

    const weak = await signedIn('ada@example.org');
    expect(await levels(weak)).toEqual(['aal1', 'aal2']);
    expect((await weak.from('ledger').select('id')).data).toEqual([]);
    const { data: factors } = await weak.auth.mfa.listFactors();
    expect(factors?.totp).toMatchObject([{ id: factorId, status: 'verified', friendly_name: 'app' }]);
    const wrong = await weak.auth.mfa.challengeAndVerify({ factorId, code: '0000' });
    expect(wrong.error).toMatchObject({ code: 'mfa_verification_failed', status: 422 });
    expect((await weak.auth.mfa.challengeAndVerify({ factorId, code: await app.code() })).error).toBeNull();
    expect(await levels(weak)).toEqual(['aal2', 'aal2']);
    expect((await weak.from('ledger').select('id')).data).toEqual([{ id: 1 }]);
    const { data: refreshed } = await weak.auth.refreshSession();
    expect(refreshed.session).not.toBeNull();
    expect(await levels(weak)).toEqual(['aal2', 'aal2']);
  });

  test('is asked for before the password changes, and is removed again', async () => {
    const { user, factorId } = await withTotp('ibn@example.org');
    const weak = await signedIn('ibn@example.org');
    expect((await weak.auth.updateUser({ password: 'another horse' })).error).toMatchObject({
      code: 'insufficient_aal',
    });
    expect((await weak.auth.mfa.unenroll({ factorId })).error).toMatchObject({ code: 'insufficient_aal' });
    expect(await user.auth.mfa.unenroll({ factorId })).toMatchObject({ data: { id: factorId }, error: null });
    await user.auth.refreshSession();
    expect(await levels(user)).toEqual(['aal1', 'aal1']);
  });

  test('is seen and removed by an administrator', async () => {
    const { user, factorId } = await withTotp('eve@example.org');
    const { data: account } = await user.auth.getUser();
    const userId = account.user?.id ?? '';
    const { data } = await admin.auth.admin.mfa.listFactors({ userId });
    expect(data?.factors).toMatchObject([{ id: factorId, factor_type: 'totp' }]);
    expect((await admin.auth.admin.mfa.deleteFactor({ userId, id: factorId })).error).toBeNull();
    expect((await admin.auth.admin.mfa.listFactors({ userId })).data?.factors).toEqual([]);
  });
});

test('a phone factor is proven by its code', async () => {
  const user = await signedUp('phone@example.org');
  const { data, error } = await user.auth.mfa.enroll({
    factorType: 'phone',
    friendlyName: 'mobile',
    phone: `+${TEST_PHONE}`,
  });
  expect(error).toBeNull();
  const factorId = data?.id ?? '';
  const { data: challenge } = await user.auth.mfa.challenge({ factorId, channel: 'sms' });
  const verified = await user.auth.mfa.verify({ factorId, challengeId: challenge?.id ?? '', code: TEST_CODE });
  expect(verified.error).toBeNull();
  expect(await levels(user)).toEqual(['aal2', 'aal2']);
  const again = await user.auth.mfa.challenge({ factorId, channel: 'sms' });
  expect(again.error).toMatchObject({ code: 'over_sms_send_rate_limit', status: 429 });
});

test('a recovery code stands in for a lost factor', async () => {
  const { user } = await withTotp('lost@example.org');
  const { data: set, error } = await user.auth.mfa.recoveryCodes.generate();
  expect(error).toBeNull();
  expect(set?.codes).toHaveLength(10);
  const weak = await signedIn('lost@example.org');
  const used = await weak.auth.mfa.recoveryCodes.verify({ code: set?.codes[0] ?? '' });
  expect(used.error).toBeNull();
  expect(await levels(weak)).toEqual(['aal2', 'aal2']);
  expect((await weak.auth.mfa.recoveryCodes.getStatus()).data).toMatchObject({ total: 10, remaining: 9 });
  expect((await weak.auth.mfa.recoveryCodes.verify({ code: set?.codes[0] ?? '' })).error).toMatchObject({
    code: 'mfa_verification_failed',
  });
  expect((await weak.auth.mfa.recoveryCodes.regenerate()).data?.codes).toHaveLength(10);
  const { data: factors } = await weak.auth.mfa.listFactors();
  expect(factors?.recovery_code).toHaveLength(1);
  expect((await weak.auth.mfa.recoveryCodes.unenroll()).error).toBeNull();
});
