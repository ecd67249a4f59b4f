import { suitesSchema } from '@ashlar/handlers/schema';
import { identitySchema } from '@ashlar/identity/schema';
import { notificationsSchema } from '@ashlar/notifications/schema';
import { platformSchema, type SchemaOwner } from '@ashlar/postgres';
import { realtimeSchema } from '@ashlar/realtime/schema';
import { registrySchema } from '@ashlar/registry/schema';
import { jobsSchema } from '@ashlar/scheduler/schema';
import { storageSchema } from '@ashlar/storage/schema';
import { webhooksSchema } from '@ashlar/webhooks/schema';

/**
 * Who owns a schema in every project's database, in the order of their migrations. Named here and not taken from the
 * services' contracts: a command opens a project without loading what answers requests, which halves its time.
 */
export const schemaOwners: readonly SchemaOwner[] = [
  platformSchema,
  identitySchema,
  notificationsSchema,
  realtimeSchema,
  storageSchema,
  jobsSchema,
  webhooksSchema,
  registrySchema,
  suitesSchema,
];
