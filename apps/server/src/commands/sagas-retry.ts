import type { Command } from '../cli/command.ts';
import { sagaOptions, steer } from './open-sagas.ts';

export const command: Command = {
  usage: '<id>',
  positionals: [1, 1],
  about: 'Lets the steps of a business process that fail or are stuck be tried again, with all their attempts.',
  options: sagaOptions,
  configGroups: ['instance', 'postgres'],
  run: (invocation) => steer('sagas retry', invocation, { kind: 'retry' }),
};
