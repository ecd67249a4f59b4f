import { sql } from 'kysely';
import type { OrderDb } from './tables.ts';

export interface Series {
  readonly branch: string;
  readonly year: number;
}

/**
 * Takes the next number of a series and holds the series until the transaction ends, so that a number is given back
 * when its order is not placed after all.
 */
export async function takeNumber(db: OrderDb, { branch, year }: Series): Promise<bigint> {
  const { number } = await db
    .insertInto('orders.number_series')
    .values({ branch, year, next_number: 2n })
    .onConflict((conflict) =>
      conflict.columns(['org_id', 'branch', 'year']).doUpdateSet({ next_number: sql`number_series.next_number + 1` }),
    )
    .returning(sql<bigint>`next_number - 1`.as('number'))
    .executeTakeFirstOrThrow();
  return number;
}

/** As people read it: `SO-2026-17`, with its branch where there is one. */
export function labelOf({ branch, year }: Series, number: bigint): string {
  return ['SO', ...(branch === '' ? [] : [branch]), year, number].join('-');
}
