import { defineErrors, type ErrorFactory } from '@ashlar/kernel';

type SchedulerError =
  | 'forbidden'
  | 'invalid'
  | 'malformed'
  | 'tooLarge'
  | 'jobUnknown'
  | 'jobEnded'
  | 'jobNotRetryable'
  | 'jobStarted'
  | 'scheduleUnknown'
  | 'cronInvalid'
  | 'timeZoneUnknown'
  | 'tooManySchedules';

export const schedulerErrors: Readonly<Record<SchedulerError, ErrorFactory>> = defineErrors('scheduler', {
  forbidden: {
    kind: 'forbidden',
    title: 'Jobs are open to the secret key and the role service_role; this request came as {role}',
  },
  invalid: { kind: 'unprocessable', title: 'The request is not valid: {reason}' },
  malformed: { kind: 'malformed', title: 'The request is malformed: {reason}' },
  tooLarge: { kind: 'too_large', title: '{what} has {sizeBytes} bytes; {maxBytes} are allowed' },
  jobUnknown: { kind: 'not_found', title: 'There is no job {id}' },
  jobEnded: { kind: 'conflict', title: 'Job {id} has ended already: it is {state}' },
  jobNotRetryable: {
    kind: 'conflict',
    title: 'Job {id} is {state} and cannot begin anew',
    hint: 'Only failed and cancelled jobs can, and those with a key while no other of the key is there',
  },
  jobStarted: {
    kind: 'conflict',
    title: 'Job {id} is {state} and cannot be moved',
    hint: 'Only jobs that have not begun can',
  },
  scheduleUnknown: { kind: 'not_found', title: 'There is no schedule {name}' },
  cronInvalid: {
    kind: 'unprocessable',
    title: 'The schedule "{schedule}" cannot be read: {reason}',
    hint: 'Write five fields such as "30 3 * * *", "@daily", or "45 seconds"',
  },
  timeZoneUnknown: {
    kind: 'unprocessable',
    title: 'There is no time zone "{timeZone}"',
    hint: 'Use an IANA name such as Asia/Riyadh',
  },
  tooManySchedules: { kind: 'unprocessable', title: 'A project has at most {max} schedules' },
});
