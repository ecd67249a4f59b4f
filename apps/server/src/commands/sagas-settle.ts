import type { Command } from '../cli/command.ts';
import { requireText, sagaOptions, steer } from './open-sagas.ts';

export const command: Command = {
  usage: '<id>',
  positionals: [1, 1],
  about: [
    'Says that a task of a business process is done with, so that it goes on. Settling the task of a stuck step,',
    'step:<name>, gives the step up.',
  ].join('\n'),
  options: {
    task: { type: 'string', placeholder: '<task>', about: 'Which, as sagas show tells.' },
    note: { type: 'string', placeholder: '<words>', about: 'What was done; kept in its log and the audit trail.' },
    ...sagaOptions,
  },
  configGroups: ['instance', 'postgres'],
  run: async (invocation) =>
    steer('sagas settle', invocation, {
      kind: 'settle',
      task: requireText('sagas settle', invocation, 'task'),
      note: requireText('sagas settle', invocation, 'note'),
    }),
};
