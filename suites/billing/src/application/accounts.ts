import { commonErrors, refuse, useCase } from '@ashlar/kernel';
import { localizedText } from '@ashlar/kernel/values';
import { z } from 'zod';
import { touched } from '@ashlar/kernel/touched';
import { billingErrors } from '../domain/billing-errors.ts';
import { AccountId } from '../domain/ids.ts';
import type { BillingContext, BillingQuery } from './books.ts';

const Code = z
  .string()
  .trim()
  .regex(/^[\w.-]{1,20}$/, 'Expected up to 20 letters, digits, points and dashes');
const Name = localizedText({ max: 200 });
const Type = z.enum(['asset', 'liability', 'equity', 'income', 'expense']);

export const addAccount = useCase('billing.add-account', {
  summary: 'Adds an account that journals are posted to by hand.',
  input: z.strictObject({ code: Code, name: Name, type: Type }),
  output: z.object({ id: AccountId }),
  errors: [billingErrors.codeTaken],
  permission: 'billing.manage',
  on: { http: 'POST /accounts', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ code, name, type }, { db, newId, audit }: BillingContext) => {
    const id = newId(AccountId);
    await db
      .insertInto('billing.accounts')
      .values({ id, code, name: JSON.stringify(name), type, purpose: null })
      .execute();
    audit({ subject: id, after: { code, type } });
    return { id };
  },
});

export const changeAccount = useCase('billing.change-account', {
  summary: 'Gives an account another code or name, or archives it.',
  input: z.strictObject({
    accountId: AccountId,
    code: Code.optional(),
    name: Name.optional(),
    status: z.enum(['active', 'archived']).optional().describe('One that documents post to stays active'),
  }),
  output: z.object({ id: AccountId, version: z.int() }),
  errors: [billingErrors.codeTaken],
  permission: 'billing.manage',
  on: { http: 'PATCH /accounts/:accountId', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ accountId: id, code, name, status }, { db, audit }: BillingContext) => {
    const row = await db
      .updateTable('billing.accounts')
      .set({
        ...(code === undefined ? {} : { code }),
        ...(name === undefined ? {} : { name: JSON.stringify(name) }),
        ...(status === undefined ? {} : { status }),
        ...touched,
      })
      .where('id', '=', id)
      .returning('version')
      .executeTakeFirst();
    if (row === undefined) return refuse(commonErrors.notFound({ what: 'account', id }));
    audit({ subject: id, after: { code, status } });
    return { id, version: row.version };
  },
});

export const listAccounts = useCase('billing.list-accounts', {
  kind: 'query',
  summary: 'The chart of accounts.',
  input: z.strictObject({}),
  output: z.object({
    accounts: z.array(
      z.object({
        id: AccountId,
        code: z.string(),
        name: z.record(z.string(), z.string()),
        type: Type,
        control: z.string(),
        purpose: z.string().nullable(),
        status: z.enum(['active', 'archived']),
      }),
    ),
  }),
  errors: [],
  permission: 'billing.read',
  on: { http: 'GET /accounts', graphql: 'query', grpc: true, mcp: true },
  run: async (_input, { db, orgId }: BillingQuery) => {
    const rows = await db
      .selectFrom('billing.accounts')
      .select(['id', 'code', 'name', 'type', 'control', 'purpose', 'status'])
      .where('org_id', '=', orgId)
      .orderBy('code')
      .limit(1000)
      .execute();
    // Ids out of our own tables are what they were when they were made.
    return { accounts: rows.map((row) => ({ ...row, id: row.id as AccountId })) };
  },
});
