import { defineErrors, type ErrorFactory } from '@ashlar/kernel';

export const configErrors: { readonly invalid: ErrorFactory; readonly fileMissing: ErrorFactory } = defineErrors(
  'config',
  {
    invalid: { kind: 'malformed', title: '{summary}' },
    fileMissing: {
      kind: 'not_found',
      title: 'Tried to read the configuration file {file}, named by {source}: {reason}',
      hint: 'Name a file that exists, or leave it out: ashlar.toml in the current folder is read when it is there',
    },
  },
);
