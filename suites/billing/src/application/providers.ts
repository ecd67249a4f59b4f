import { randomBytes } from 'node:crypto';
import { commonErrors, refuse, refuseStale, useCase } from '@ashlar/kernel';
import { touched } from '@ashlar/kernel/touched';
import { z } from 'zod';
import { providerErrors } from '../domain/provider-errors.ts';
import { ProviderId } from '../domain/ids.ts';
import type { BillingContext, BillingQuery } from './books.ts';

const ProviderName = z.string().regex(/^[a-z][a-z0-9-]{0,49}$/);
/** Keys are printable; what is pasted with a space or a line break in it is none. */
const Key = z.string().regex(/^[\x21-\x7e]{8,300}$/, 'Expected 8 to 300 printable characters without spaces');
const Url = z.url({ protocol: /^https?$/ }).max(300);
const Capture = z.enum(['automatic', 'manual']);

const Provider = z.object({
  id: ProviderId,
  name: z.string(),
  kind: z.enum(['stripe']),
  publishableKey: z.string().nullable(),
  baseUrl: z.string().nullable(),
  capture: Capture,
  active: z.boolean(),
  signsEvents: z.boolean().describe('Its webhook secret is known, so its events are heard'),
  eventsPath: z.string().describe('Where its events are to be sent, below the address of the project'),
  version: z.int(),
});

/** What a provider's secrets are sealed for. */
export function sealedFor(providerId: string): string {
  return `billing provider ${providerId}`;
}

export const setProvider = useCase('billing.set-provider', {
  summary: 'Says how a payment provider is asked. Secrets are sealed, and told to nobody again.',
  input: z.strictObject({
    name: ProviderName.refine((name) => name !== 'manual', { message: 'manual is nobody' }),
    kind: z.enum(['stripe']).default('stripe'),
    secretKey: Key.optional().describe('Left out: it stays as it is'),
    webhookSecret: Key.optional().describe('A new one is good beside the former for a day'),
    publishableKey: Key.nullish(),
    baseUrl: Url.nullish().describe('Null: the provider’s own'),
    capture: Capture.optional().describe('Whether money moves at once, or is held until it is captured'),
    active: z.boolean().optional(),
    expectedVersion: z.int().optional(),
  }),
  output: Provider,
  errors: [providerErrors.providerKeyMissing, providerErrors.providerUrlRefused, providerErrors.providerNameTaken],
  permission: 'billing.manage',
  // Neither a job nor a tool: both keep what they were told.
  on: { http: 'PUT /providers/:name', graphql: 'mutation', grpc: true },
  keepsSecrets: true,
  run: async ({ expectedVersion, ...input }, context: BillingContext) => {
    const { db, orgId, newId, audit, seal, isNamedHost } = context;
    const { name, secretKey, webhookSecret, publishableKey, baseUrl } = input;
    if (baseUrl != null && !isNamedHost(baseUrl)) return refuse(providerErrors.providerUrlRefused({ url: baseUrl }));
    const known = await db
      .selectFrom('billing.providers')
      .selectAll()
      .where('org_id', '=', orgId)
      .where('name', '=', name)
      .forUpdate()
      .executeTakeFirst();
    const stale = refuseStale(known?.version ?? 0, expectedVersion, known === undefined ? {} : shown(known));
    if (stale !== null) return stale;
    const id = known?.id ?? newId(ProviderId);
    const sealed = (text: string): string => seal(text, sealedFor(id));
    const change = {
      kind: input.kind,
      ...(secretKey === undefined ? {} : { secret_key: sealed(secretKey) }),
      ...(webhookSecret === undefined
        ? {}
        : {
            webhook_secret: sealed(webhookSecret),
            former_webhook_secret: known?.webhook_secret ?? null,
            webhook_secret_since: context.clock(),
          }),
      ...(publishableKey === undefined ? {} : { publishable_key: publishableKey }),
      ...(baseUrl === undefined ? {} : { base_url: baseUrl === null ? null : baseUrl.replace(/\/+$/, '') }),
      ...(input.capture === undefined ? {} : { capture: input.capture }),
      ...(input.active === undefined ? {} : { is_active: input.active }),
    };
    audit({
      subject: id,
      before: known === undefined ? null : shown(known),
      after: {
        ...input,
        ...(secretKey === undefined ? {} : { secretKey: 'changed' }),
        ...(webhookSecret === undefined ? {} : { webhookSecret: 'changed' }),
      },
    });
    if (known !== undefined) {
      const row = await db
        .updateTable('billing.providers')
        .set({ ...change, ...touched })
        .where('id', '=', id)
        .returning(SHOWN)
        .executeTakeFirstOrThrow();
      return shown(row);
    }
    if (secretKey === undefined) return refuse(providerErrors.providerKeyMissing());
    const row = await db
      .insertInto('billing.providers')
      .values({
        webhook_secret: null,
        former_webhook_secret: null,
        webhook_secret_since: null,
        publishable_key: null,
        base_url: null,
        ...change,
        id,
        name,
        hook: newHook(orgId),
        secret_key: sealed(secretKey),
      })
      .returning(SHOWN)
      .executeTakeFirstOrThrow();
    return shown(row);
  },
});

export const getProvider = useCase('billing.get-provider', {
  kind: 'query',
  summary: 'How a payment provider is asked, without its secrets.',
  input: z.strictObject({ name: ProviderName }),
  output: Provider,
  errors: [],
  permission: 'billing.manage',
  on: { http: 'GET /providers/:name', graphql: 'query', grpc: true, mcp: true },
  run: async ({ name }, { db, orgId }: BillingQuery) => {
    const row = await db
      .selectFrom('billing.providers')
      .select(SHOWN)
      .where('org_id', '=', orgId)
      .where('name', '=', name)
      .executeTakeFirst();
    return row === undefined ? refuse(commonErrors.notFound({ what: 'provider', id: name })) : shown(row);
  },
});

export const listProviders = useCase('billing.list-providers', {
  kind: 'query',
  summary: 'Who moves money for the organisation.',
  input: z.strictObject({}),
  output: z.object({ providers: z.array(Provider) }),
  errors: [],
  permission: 'billing.manage',
  on: { http: 'GET /providers', graphql: 'query', grpc: true, mcp: true },
  run: async (_input, { db, orgId }: BillingQuery) => {
    const rows = await db
      .selectFrom('billing.providers')
      .select(SHOWN)
      .where('org_id', '=', orgId)
      .orderBy('name')
      .limit(1000)
      .execute();
    return { providers: rows.map(shown) };
  },
});

/** All that people may read. */
const SHOWN = [
  'id',
  'name',
  'kind',
  'hook',
  'webhook_secret_since',
  'publishable_key',
  'base_url',
  'capture',
  'is_active',
  'version',
] as const;

interface Shown {
  readonly id: string;
  readonly name: string;
  readonly kind: 'stripe';
  readonly hook: string;
  readonly webhook_secret_since: Date | null;
  readonly publishable_key: string | null;
  readonly base_url: string | null;
  readonly capture: 'automatic' | 'manual';
  readonly is_active: boolean;
  readonly version: number;
}

function shown(row: Shown): z.output<typeof Provider> {
  return {
    // Ids out of our own tables are what they were when they were made.
    id: row.id as ProviderId,
    name: row.name,
    kind: row.kind,
    publishableKey: row.publishable_key,
    baseUrl: row.base_url,
    capture: row.capture,
    active: row.is_active,
    signsEvents: row.webhook_secret_since !== null,
    eventsPath: `/api/v1/billing/providers/${row.hook}/events`,
    version: row.version,
  };
}

/** The organisation's id, so that nothing of others has to be searched, and what nobody guesses. */
function newHook(orgId: string): string {
  return `${orgId.replaceAll('-', '')}${randomBytes(16).toString('hex')}`;
}

/** Whose events come to such an address; null: nobody's. */
export function orgOfHook(hook: string): string | null {
  const digits = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})[0-9a-f]{32}$/.exec(hook);
  return digits === null ? null : digits.slice(1).join('-');
}
