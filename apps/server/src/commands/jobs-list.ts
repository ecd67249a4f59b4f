import type { StatementResult } from '@ashlar/postgres';
import type { JobRow, JobState } from '@ashlar/scheduler';
import { usageErrors } from '../cli/cli-errors.ts';
import type { Command, Invocation } from '../cli/command.ts';
import { chosenFormat, outputOption } from '../cli/output-format.ts';
import { projectOption } from '../cli/project-option.ts';
import { formatResult } from '../sql/format-table.ts';
import { withJobs } from './open-jobs.ts';

const FORMATS = ['text', 'json'] as const;
const STATES = ['scheduled', 'waiting', 'running', 'succeeded', 'failed', 'cancelled'] as const satisfies JobState[];
const DEFAULT_LIMIT = 50;
const LIMIT = /^(?:[1-9]\d{0,2}|1000)$/;

export const command: Command = {
  usage: '',
  positionals: [0, 0],
  about: 'Lists the jobs of a project, the newest first.',
  options: {
    state: { type: 'string', placeholder: '<state>', about: `Only those that are ${STATES.join(', ')}.` },
    queue: { type: 'string', placeholder: '<queue>', about: 'Only those of this queue.' },
    task: { type: 'string', placeholder: '<task>', about: 'Only those of this task.' },
    limit: { type: 'string', placeholder: '<jobs>', about: `At most this many, up to 1000. [${DEFAULT_LIMIT}]` },
    ...outputOption(FORMATS),
    ...projectOption,
  },
  configGroups: ['instance', 'postgres'],

  async run(invocation) {
    const format = chosenFormat('jobs list', invocation, FORMATS);
    const { text, terminal } = invocation;
    const filter = { state: stateOf(invocation), queue: text('queue'), task: text('task'), limit: limitOf(invocation) };
    const { describeJob } = await import('@ashlar/scheduler');
    const jobs = await withJobs(invocation, (store, project) => store.list(project, filter));
    if (format === 'json') terminal.out(JSON.stringify(jobs.map(describeJob), null, 2));
    else terminal.out(formatResult(asTable(jobs)));
    return 0;
  },
};

function stateOf({ text }: Invocation): JobState | undefined {
  const found = text('state');
  if (found === undefined) return undefined;
  const state = STATES.find((known) => known === found);
  if (state !== undefined) return state;
  throw usageErrors.optionWrong({
    command: 'jobs list',
    option: 'state',
    found,
    wanted: `one of ${STATES.join(', ')}`,
  });
}

function limitOf({ text }: Invocation): number {
  const found = text('limit') ?? String(DEFAULT_LIMIT);
  if (LIMIT.test(found)) return Number(found);
  throw usageErrors.optionWrong({ command: 'jobs list', option: 'limit', found, wanted: '1 to 1000' });
}

const TEXT_OID = 25;

function asTable(jobs: readonly JobRow[]): StatementResult {
  return {
    fields: ['id', 'state', 'task', 'queue', 'attempts', 'due', 'last error'].map((name) => ({
      name,
      typeOid: TEXT_OID,
    })),
    rows: jobs.map((job) => [
      job.id,
      job.state,
      job.task,
      job.queue,
      `${job.attempts}/${job.max_attempts}`,
      job.run_at.toISOString(),
      job.errors.at(-1)?.message ?? '',
    ]),
    command: 'SELECT',
    rowCount: jobs.length,
  };
}
