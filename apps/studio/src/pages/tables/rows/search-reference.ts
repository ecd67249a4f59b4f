import type { Candidate, Reference } from '@ashlar/ui/grid';
import { runSql } from '../../../api/run-sql.ts';
import { ident, literal, qualified } from './quote.ts';
import { escapeLike } from './row-query.ts';
import type { Pointer } from './table-shape.ts';

const MAX_CANDIDATES = 30;

/** Looks for rows a foreign key may point to, by what they are called or by their key. */
export function referenceTo(ref: string, pointer: Pointer, open: (value: string) => void): Reference {
  const key = `t.${ident(pointer.column)}::text`;
  const label = pointer.label === null ? key : `t.${ident(pointer.label)}::text`;
  return {
    async search(text, signal): Promise<readonly Candidate[]> {
      const like = literal(`%${escapeLike(text.trim())}%`);
      const sql =
        `select ${key}, ${label} from ${qualified(pointer)} t where ${label} ilike ${like} or ${key} ilike ${like} ` +
        `order by (${key} = ${literal(text.trim())}) desc, ${label} limit ${MAX_CANDIDATES}`;
      const [found] = await runSql(ref, { sql, as: 'reader', signal });
      return (found?.rows ?? []).flatMap(([value = null, name = null]) => {
        if (value === null) return [];
        return pointer.label === null || name === null
          ? [{ value, label: value }]
          : [{ value, label: name, detail: value }];
      });
    },
    open,
  };
}
