import { createHash } from 'node:crypto';
import { type Outside, useCase } from '@ashlar/kernel';
import { printEdition } from '@ashlar/kernel/printing';
import { Drift } from '@ashlar/kernel/reconciliation';
import { sql } from 'kysely';
import { z } from 'zod';
import { INVOICE_EDITION, invoicePage } from '../print/invoice-page.ts';
import { SealedContent } from '../print/sealed-content.ts';
import type { BillingContext, BillingQuery } from './books.ts';

const Kept = z.object({
  documentId: z.string(),
  paper: z.enum(['a4', '80mm']),
  language: z.enum(['en', 'ar']),
  sha256: z.string(),
  edition: z.string(),
  content: z.string(),
  contentHash: z.string(),
});
type Kept = z.output<typeof Kept>;

/** A page takes some milliseconds to print: this many are seconds. */
const MOST = 500;
const Which = {
  after: z
    .string()
    .regex(/^[0-9a-f-]{36}\/(a4|80mm)\/(en|ar)$/)
    .optional()
    .describe('`next` of the answer before'),
  most: z.int().min(1).max(MOST).default(200),
  sample: z.boolean().default(false).describe('Any of them, and not the first'),
};

export const keptPrints = useCase('billing.kept-prints', {
  kind: 'query',
  summary: 'What first prints were like, with the sealed texts they are of.',
  input: z.strictObject(Which),
  output: z.object({ prints: z.array(Kept) }),
  errors: [],
  permission: 'billing.audit',
  on: {},
  run: async ({ after, most, sample }, { db, orgId }: BillingQuery) => {
    const [id = null, paper = null, language = null] = after?.split('/') ?? [];
    const order = sample ? sql`random()` : sql`p.document_id, p.paper, p.language`;
    const { rows } = await sql<Kept>`
      select p.document_id as "documentId", p.paper, p.language, p.sha256, p.edition,
        coalesce(i.content, '') as content, coalesce(encode(i.content_hash, 'hex'), '') as "contentHash"
      from billing.prints p join billing.invoices i on i.org_id = p.org_id and i.id = p.document_id
      where p.org_id = ${orgId}
        and (${id}::uuid is null or (p.document_id, p.paper, p.language) > (${id}::uuid, ${paper}::text, ${language}::text))
      order by ${order} limit ${most}`.execute(db);
    return { prints: rows };
  },
});

const Found = z.object({
  drifts: z.array(Drift),
  printed: z.int(),
  otherwise: z.int(),
  next: z.string().nullable(),
});
type Found = z.output<typeof Found>;

export const checkPrints = useCase('billing.check-prints', {
  summary: 'Prints issued documents again and names every one that comes out otherwise; none is expected.',
  description: [
    'Each has the seal of its text, and the SHA-256 of its first print. Those printed by an earlier version of the',
    'templates are only asked for their seal.',
  ].join(' '),
  input: z.strictObject(Which),
  output: z.object({
    printed: z.int().describe('Prints that were made anew'),
    otherwise: z.int().describe('Prints of other templates, of which the seal alone was looked at'),
    drifts: z.array(Drift),
    next: z.string().nullable().describe('Where to go on; null at the end, and for a sample'),
  }),
  errors: [],
  permission: 'billing.audit',
  on: { http: 'POST /checks/prints', graphql: 'mutation', grpc: true, job: true, mcp: true },
  beforehand: async (input, outside): Promise<Found> => {
    const { prints } = await outside.call(keptPrints, input);
    const edition = printEdition(INVOICE_EDITION, outside.printerEdition);
    const found = { drifts: [] as Drift[], printed: 0, otherwise: 0 };
    for (const print of prints) {
      const isSame = print.edition === edition;
      found[isSame ? 'printed' : 'otherwise'] += 1;
      // oxlint-disable-next-line no-await-in-loop -- one printer.
      const drift = await driftOf(print, isSame, outside);
      if (drift !== null) found.drifts.push(drift);
    }
    const last = prints.at(-1);
    const isMore = !input.sample && prints.length === input.most && last !== undefined;
    return { ...found, next: isMore ? subjectOf(last) : null };
  },
  run: (_input, { audit, found: known }: BillingContext) => {
    const found = Found.parse(known);
    audit({ after: { printed: found.printed, drifts: found.drifts.length } });
    return found;
  },
});

const subjectOf = ({ documentId, paper, language }: Kept): string => `${documentId}/${paper}/${language}`;

/** The seal first: what has been changed is not worth printing. */
async function driftOf(print: Kept, isSame: boolean, outside: Outside): Promise<Drift | null> {
  const { content, contentHash, sha256, paper, language } = print;
  const subject = subjectOf(print);
  const seal = createHash('sha256').update(content, 'utf8').digest('hex');
  if (seal !== contentHash) {
    return { check: 'what was printed has its seal', subject, expected: contentHash, found: seal };
  }
  if (!isSame) return null;
  const page = invoicePage(SealedContent.parse(JSON.parse(content)), contentHash, paper);
  const now = await outside.hashOfPrint(page, { paper, language });
  return now === sha256
    ? null
    : { check: 'printing gives what was printed first', subject, expected: sha256, found: now };
}
