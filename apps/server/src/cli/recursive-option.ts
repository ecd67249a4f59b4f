import type { CommandOption } from './command.ts';

export const recursiveOption: Readonly<Record<'recursive', CommandOption>> = {
  recursive: { type: 'boolean', short: 'r', about: 'With everything in the folder.' },
};
