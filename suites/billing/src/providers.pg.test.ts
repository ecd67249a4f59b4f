import { afterAll, beforeAll, expect, test } from 'vitest';
import { providerAccess } from './application/provider-orders.ts';
import { getProvider, listProviders, orgOfHook, sealedFor, setProvider } from './application/providers.ts';
import { paymentStep, requestPayment } from './application/request-payment.ts';
import { type Office, openOffice, usd } from './billing.fixture.ts';
import { type CardOffice, openCardOffice } from './card/card-office.fixture.ts';
import { WEBHOOK_SECRET } from './card/stripe-stand-in.fixture.ts';

const START = new Date('2026-03-10T12:00:00Z');
let office: Office;
let cards: CardOffice;

beforeAll(async () => {
  office = await openOffice();
  cards = await openCardOffice(office, START);
});
afterAll(async () => {
  await cards?.[Symbol.asyncDispose]();
  await office?.[Symbol.asyncDispose]();
});

const hookOf = (eventsPath: string): string => /providers\/(\w+)\/events$/.exec(eventsPath)?.[1] ?? '';
const trusted = { as: { role: 'billing', claims: {} }, trusted: true, via: 'job' } as const;

test('a provider is set up by who may manage, and read without its secrets', async () => {
  const manager = await office.project.addMember(['billing.manage']);
  const set = await office.call(setProvider, { name: 'own', secretKey: 'sk_of_the_manager' }, { as: manager });
  expect(set).toMatchObject({ name: 'own', active: true, capture: 'automatic', signsEvents: false, version: 1 });
  const changed = { name: 'own', webhookSecret: 'whsec_of_the_manager', capture: 'manual', active: false } as const;
  await office.call(setProvider, { ...changed, expectedVersion: 1 }, { as: manager });
  await expect(office.call(setProvider, { ...changed, expectedVersion: 1 }, { as: manager })).rejects.toMatchObject({
    code: 'common.stale_version',
  });
  const got = await office.call(getProvider, { name: 'own' }, { as: manager });
  expect(got).toMatchObject({ version: 2, capture: 'manual', active: false, signsEvents: true });
  expect(got.eventsPath).toBe(set.eventsPath);
  const { providers } = await office.call(listProviders, {}, { as: manager });
  expect(providers.map(({ name }) => name)).toEqual(['own', 'stripe']);
  const cashier = await office.project.addMember(['billing.read', 'billing.collect']);
  await expect(office.call(listProviders, {}, { as: cashier })).rejects.toMatchObject({
    code: 'common.permission_denied',
  });
});

test('a secret is sealed for its own row, and a new one of webhooks is good beside the former for a day', async () => {
  const at = (hours: number) => office.project.callAt(() => new Date(START.getTime() + hours * 3_600_000));
  await at(0)(setProvider, { name: 'stripe', webhookSecret: 'whsec_the_next_one' });
  const { providers } = await office.call(listProviders, {});
  const { id, eventsPath } = providers.find(({ name }) => name === 'stripe') ?? { id: '', eventsPath: '' };
  const hook = hookOf(eventsPath);
  const soon = await at(23)(providerAccess, { hook }, trusted);
  const open = (sealed: string, context = sealedFor(id)): string => office.project.sealer.open(sealed, context);
  expect(soon.webhookSecrets.map((sealed) => open(sealed))).toEqual(['whsec_the_next_one', WEBHOOK_SECRET]);
  expect(() => open(soon.secretKey, sealedFor('another'))).toThrow();
  expect((await at(25)(providerAccess, { hook }, trusted)).webhookSecrets).toHaveLength(1);
});

test('the address of events tells whose they are, and is worth nothing with another organisation’s id', async () => {
  const other = await office.project.addOrganisation('second');
  const { eventsPath } = await office.call(getProvider, { name: 'stripe' });
  const hook = hookOf(eventsPath);
  expect(orgOfHook(hook)).toBe('00000000-0000-0000-0000-000000000001');
  for (const wrong of ['', 'stripe', hook.slice(1), `${hook}0`, hook.toUpperCase().replace(/\d/g, 'A')]) {
    expect(orgOfHook(wrong)).toBeNull();
  }
  const moved = `${other.replaceAll('-', '')}${hook.slice(32)}`;
  expect(orgOfHook(moved)).toBe(other);
  for (const orgId of [other, undefined]) {
    await expect(office.call(providerAccess, { hook: moved }, { ...trusted, orgId })).rejects.toMatchObject({
      code: 'common.not_found',
    });
  }
  await expect(office.call(getProvider, { name: 'stripe' }, { orgId: other })).rejects.toMatchObject({
    code: 'common.not_found',
  });
  const listed = await office.call(listProviders, {}, { orgId: other });
  expect(listed.providers).toEqual([]);
});

test('two who set up one provider at once make one of it', async () => {
  const both = await Promise.allSettled(
    ['sk_test_one', 'sk_test_two'].map((secretKey) => office.call(setProvider, { name: 'twice', secretKey })),
  );
  expect(both.some(({ status }) => status === 'fulfilled')).toBe(true);
  const { providers } = await office.call(listProviders, {});
  expect(providers.filter(({ name }) => name === 'twice')).toHaveLength(1);
});

test('what a payer needs is for those who collect, and nobody reads it otherwise', async () => {
  const { id: paymentId } = await office.call(requestPayment, { provider: 'stripe', amount: usd(500) });
  await cards.run();
  const cashier = await office.project.addMember(['billing.read', 'billing.collect']);
  const reader = await office.project.addMember(['billing.read']);
  expect(await office.call(paymentStep, { paymentId }, { as: cashier })).toMatchObject({
    state: 'pending',
    publishableKey: 'pk_test_shop',
    clientSecret: expect.stringContaining('_secret_'),
  });
  await expect(office.call(paymentStep, { paymentId }, { as: reader })).rejects.toMatchObject({
    code: 'common.permission_denied',
  });
  const rowsOf = async (claims: object): Promise<number> => {
    const { rows } = await office.project.test.database.call({
      login: 'authenticator',
      role: 'authenticated',
      settings: [['request.jwt.claims', JSON.stringify(claims)]],
      readOnly: true,
      statement: { text: 'select count(*)::int from billing.payment_steps', values: [] },
      connection: 'own',
    });
    return Number(rows[0]?.[0]);
  };
  expect(await rowsOf(cashier.claims)).toBe(1);
  expect(await rowsOf(reader.claims)).toBe(0);
});

test('what makes no sense to a provider is refused before it is asked', async () => {
  for (const [more, code] of [
    [{ amount: usd(0) }, 'billing.nothing_left'],
    [{ amount: usd(-5) }, 'billing.nothing_left'],
    [{ amount: { amount: '100', currency: 'EUR' } }, 'common.currency_mismatch'],
    [{ paymentMethod: 'pm card' }, 'common.invalid_input'],
    [{ returnUrl: 'javascript:alert(1)' }, 'common.invalid_input'],
    [{ provider: 'nobody', paymentMethod: 'pm_card' }, 'billing.not_at_provider'],
  ] as const) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other.
    await expect(office.call(requestPayment, { provider: 'stripe', amount: usd(100), ...more })).rejects.toMatchObject({
      code,
    });
  }
});
