import { Money } from '@ashlar/kernel/values';
import { z } from 'zod';
import { DocumentId } from '../domain/ids.ts';

/** What posting a document answers. */
export const PostedDocument = z.object({
  id: DocumentId,
  number: z.string().describe('kind/branch/year/number, without gaps'),
  postingDate: z.string(),
  lines: z.array(z.object({ line: z.int(), value: Money.describe('What it changed the value of the stock by') })),
});
export type PostedDocument = z.output<typeof PostedDocument>;
