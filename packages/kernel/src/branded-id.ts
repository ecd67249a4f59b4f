import { z } from 'zod';

/** A UUID that is the id of one kind of thing, and not of another. */
export type BrandedId<Name extends string> = string & z.core.$brand<Name>;

export type BrandedIdSchema<Name extends string> = z.core.$ZodBranded<z.ZodUUID, Name>;

/**
 * The schema of an id: `export const OrderId = brandedId('OrderId'); export type OrderId = z.output<typeof OrderId>`.
 * Written in lower case, as PostgreSQL writes it, so that equal ids are equal texts.
 */
export function brandedId<const Name extends string>(name: Name): BrandedIdSchema<Name> {
  // A brand is only a type; zod cannot tell it for a name that is not known here.
  return z.uuid().toLowerCase().describe(`Id of kind ${name}`) as unknown as BrandedIdSchema<Name>;
}
