import type { ServiceContract } from '@ashlar/service';
import { renderDoorFailure, renderRefusal } from './routes/render-problem.ts';
import { jobsSchema } from './scheduler-schema.ts';

/** A thousand jobs of an ordinary size; each payload has its own bound. */
const BODY_LIMIT_BYTES = 8 * 1024 * 1024;

/** Jobs and schedules at `/scheduler/v1`, with schema `jobs` in every project. */
export const schedulerContract: ServiceContract = {
  name: 'scheduler',
  publicNames: ['scheduler'],
  caller: 'verified',
  bodyLimitBytes: BODY_LIMIT_BYTES,
  schema: jobsSchema,
  refuse: renderRefusal,
  fail: renderDoorFailure,
};
