import type { FastifyInstance } from 'fastify';
import { readUsage } from '../application/usage.ts';
import { visitOf } from './visit-of.ts';

/** How much is stored, in all and by bucket, for roles past row-level security. */
export function addUsageRoute(app: FastifyInstance): void {
  app.get('/usage', async (request) => {
    const { quotaBytes, quotaObjects } = request.ashlar.project.settings.storage;
    const buckets = await readUsage(visitOf(request));
    const total = (member: 'objects' | 'bytes'): number => buckets.reduce((sum, bucket) => sum + bucket[member], 0);
    return {
      objects: total('objects'),
      bytes: total('bytes'),
      quota_bytes: quotaBytes,
      quota_objects: quotaObjects,
      buckets: buckets.map(({ bucket_id: id, ...usage }) => ({ id, ...usage })),
    };
  });
}
