import { listSagas, SAGA_STATUSES, type SagaStatus, type SagaSummary } from '@ashlar/handlers';
import type { StatementResult } from '@ashlar/postgres';
import { usageErrors } from '../cli/cli-errors.ts';
import type { Command, Invocation } from '../cli/command.ts';
import { chosenFormat, outputOption } from '../cli/output-format.ts';
import { formatResult } from '../sql/format-table.ts';
import { sagaOptions, titleOf, withSagas } from './open-sagas.ts';

const FORMATS = ['text', 'json'] as const;
const DEFAULT_LIMIT = 50;
const LIMIT = /^(?:[1-9]\d{0,2}|1000)$/;
const TEXT_OID = 25;

export const command: Command = {
  usage: '',
  positionals: [0, 0],
  about: 'Lists the business processes of an organisation, the newest first.',
  options: {
    status: { type: 'string', placeholder: '<status>', about: `Only those that are ${SAGA_STATUSES.join(', ')}.` },
    saga: { type: 'string', placeholder: '<name>', about: 'Only those of this kind.' },
    key: { type: 'string', placeholder: '<key>', about: 'Only the one of this key.' },
    limit: { type: 'string', placeholder: '<sagas>', about: `At most this many, up to 1000. [${DEFAULT_LIMIT}]` },
    ...outputOption(FORMATS),
    ...sagaOptions,
  },
  configGroups: ['instance', 'postgres'],

  async run(invocation) {
    const format = chosenFormat('sagas list', invocation, FORMATS);
    const { text, terminal } = invocation;
    const filter = {
      status: statusOf(invocation),
      saga: text('saga'),
      key: text('key'),
      limit: limitOf(invocation),
    };
    const sagas = await withSagas(invocation, (call) => listSagas(call, filter, titleOf));
    terminal.out(format === 'json' ? JSON.stringify(sagas, null, 2) : formatResult(asTable(sagas)));
    return 0;
  },
};

function statusOf({ text }: Invocation): SagaStatus | undefined {
  const found = text('status');
  const status = SAGA_STATUSES.find((known) => known === found);
  if (found === undefined || status !== undefined) return status;
  const wanted = `one of ${SAGA_STATUSES.join(', ')}`;
  throw usageErrors.optionWrong({ command: 'sagas list', option: 'status', found, wanted });
}

function limitOf({ text }: Invocation): number {
  const found = text('limit') ?? String(DEFAULT_LIMIT);
  if (LIMIT.test(found)) return Number(found);
  throw usageErrors.optionWrong({ command: 'sagas list', option: 'limit', found, wanted: '1 to 1000' });
}

function asTable(sagas: readonly SagaSummary[]): StatementResult {
  return {
    fields: ['id', 'status', 'saga', 'key', 'updated'].map((name) => ({ name, typeOid: TEXT_OID })),
    rows: sagas.map(({ id, status, saga, key, updatedAt }) => [id, status, saga, key, updatedAt]),
    command: 'SELECT',
    rowCount: sagas.length,
  };
}
