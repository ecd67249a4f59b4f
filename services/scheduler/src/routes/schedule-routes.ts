import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { KnownSchedule, ScheduleStore } from '../adapters/schedule-store.ts';
import { readTimetable } from '../domain/cron.ts';
import { name } from '../domain/job-request.ts';
import { ScheduleRequest } from '../domain/schedule-request.ts';
import { schedulerErrors } from '../scheduler-errors.ts';
import { refuseUnfit } from './job-routes.ts';
import { readInput } from './read-input.ts';

const Name = name(200);
const Activity = z.strictObject({ active: z.boolean() });
const NEXT_TIMES = 5;

interface OfSchedule {
  readonly Params: { readonly name: string };
}

export function addScheduleRoutes(app: FastifyInstance, store: ScheduleStore): void {
  app.get('/schedules', async ({ ashlar }) => ({ schedules: (await store.list(ashlar.project)).map(describe) }));

  app.get<OfSchedule>('/schedules/:name', async ({ ashlar, params }) => {
    const schedule = await store.find(ashlar.project, params.name);
    return { ...describe(schedule), nextTimes: nextTimes(schedule) };
  });

  app.put<OfSchedule>('/schedules/:name', async ({ ashlar, params, body }) => {
    const called = readInput(Name, params.name);
    const request = readInput(ScheduleRequest, body);
    refuseUnreadable(request);
    refuseUnfit(request.payload);
    return describe(await store.put(ashlar.project, ashlar.caller.role, called, request));
  });

  app.patch<OfSchedule>('/schedules/:name', async ({ ashlar, params, body }) => {
    const { active } = readInput(Activity, body);
    return describe(await store.setActive(ashlar.project, ashlar.caller.role, params.name, active));
  });

  app.delete<OfSchedule>('/schedules/:name', async ({ ashlar, params }, reply) => {
    await store.remove(ashlar.project, ashlar.caller.role, params.name);
    return reply.code(204).send();
  });

  app.post<OfSchedule>('/schedules/:name/run', async ({ ashlar, params }, reply) => {
    void reply.code(201);
    return { id: await store.runNow(ashlar.project, params.name) };
  });
}

function refuseUnreadable({ schedule, timeZone }: ScheduleRequest): void {
  if (!isTimeZone(timeZone)) throw schedulerErrors.timeZoneUnknown({ timeZone });
  try {
    readTimetable(schedule, timeZone);
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error);
    throw schedulerErrors.cronInvalid({ schedule, reason }, { cause: error });
  }
}

function isTimeZone(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

function nextTimes({ schedule, timeZone, active }: KnownSchedule): readonly string[] {
  const times: string[] = [];
  if (!active) return times;
  const timetable = readTimetable(schedule, timeZone);
  for (let at = timetable.next(new Date()); at !== null && times.length < NEXT_TIMES; at = timetable.next(at)) {
    times.push(at.toISOString());
  }
  return times;
}

function describe(known: KnownSchedule): Record<string, unknown> {
  const { name: called, schedule, timeZone, task, payload, options, missed, overlap, active, authority } = known;
  return {
    name: called,
    schedule,
    timeZone,
    task,
    payload,
    ...options,
    missed,
    overlap,
    active,
    role: authority,
    nextAt: known.nextAt?.toISOString() ?? null,
    lastAt: known.lastAt?.toISOString() ?? null,
    error: known.error,
  };
}
