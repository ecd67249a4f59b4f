import { type RawBuilder, sql } from 'kysely';

/** What every change of a versioned row of a suite writes beside the change: `.set({ name, ...touched })`. */
export const touched: {
  readonly version: RawBuilder<number>;
  readonly updated_at: RawBuilder<Date>;
  readonly updated_by: RawBuilder<string | null>;
} = {
  version: sql<number>`version + 1`,
  updated_at: sql<Date>`now()`,
  updated_by: sql<string | null>`suites.actor_id()`,
};
