import type { Command } from '../cli/command.ts';
import { requireText, sagaOptions, steer } from './open-sagas.ts';

export const command: Command = {
  usage: '<id>',
  positionals: [1, 1],
  about: 'Has a business process undone, as far as its steps can be.',
  options: {
    reason: { type: 'string', placeholder: '<words>', about: 'Why; kept in its log and the audit trail.' },
    ...sagaOptions,
  },
  configGroups: ['instance', 'postgres'],
  run: async (invocation) =>
    steer('sagas undo', invocation, { kind: 'undo', reason: requireText('sagas undo', invocation, 'reason') }),
};
