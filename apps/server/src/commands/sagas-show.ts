import { showSaga } from '@ashlar/handlers';
import type { Command } from '../cli/command.ts';
import { requireSagaId, sagaOptions, titleOf, withSagas } from './open-sagas.ts';

export const command: Command = {
  usage: '<id>',
  positionals: [1, 1],
  about: 'Shows a business process as JSON: its state, steps and attempts, tasks, times and what it heard.',
  options: sagaOptions,
  configGroups: ['instance', 'postgres'],

  async run(invocation) {
    const id = requireSagaId('sagas show', invocation);
    const saga = await withSagas(invocation, (call) => showSaga(call, id, titleOf));
    invocation.terminal.out(JSON.stringify(saga, null, 2));
    return 0;
  },
};
