import { refuse, useCase } from '@ashlar/kernel';
import { sql } from 'kysely';
import { z } from 'zod';
import { billingErrors } from '../domain/billing-errors.ts';
import { SealedContent } from '../print/sealed-content.ts';
import type { BillingQuery } from './books.ts';

const Head = z.object({ seller: SealedContent.shape.seller, timeZone: z.string() });

/** For papers of other suites: who packs a parcel sees no books, and whoever gets it is told who sent it. */
export const letterhead = useCase('billing.letterhead', {
  kind: 'query',
  summary: 'Who sells, as it stands at the head of documents, and the zone its days are in.',
  input: z.strictObject({}),
  output: Head,
  errors: [billingErrors.booksMissing],
  permission: 'signed-in',
  on: { http: 'GET /letterhead', graphql: 'query', grpc: true },
  run: async (_input, { db }: BillingQuery) => {
    const { rows } = await sql<{ head: unknown }>`select billing.letterhead() as head`.execute(db);
    const head = rows[0]?.head ?? null;
    return head === null ? refuse(billingErrors.booksMissing()) : Head.parse(head);
  },
});
