import { recordCommand } from '@ashlar/control';
import type { Command } from '../cli/command.ts';
import { withInstance } from '../instance/with-instance.ts';

export const command: Command = {
  usage: '<ref>',
  positionals: [1, 1],
  about: [
    'Makes a project: a database, logins and keys of its own. It answers at /p/<ref>. Keys that are not given as flags',
    'are generated; ashlar status --project <ref> shows them. Those of the environment and of ashlar.toml belong to the',
    'default project and are not taken.',
  ].join('\n'),
  options: {
    name: { type: 'string', placeholder: '<name>', about: 'Name for people. [the ref]' },
    on: {
      type: 'string',
      placeholder: '<url>',
      about: 'URL of a database on another PostgreSQL (15 or newer) it lives in. [a database beside the others]',
    },
  },
  configGroups: ['keys', 'instance', 'postgres'],

  async run(invocation) {
    const { keysOnLine, terminal, positionals, text } = invocation;
    const [ref = ''] = positionals;
    const name = text('name');
    const databaseUrl = text('on');
    await withInstance(invocation, async ({ projects }) => {
      await projects.create(ref, { given: keysOnLine, databaseUrl, ...(name === undefined ? {} : { name }) });
      await recordCommand(projects.control, 'project.create', ref);
    });
    terminal.out(`Made project ${ref}. It answers at /p/${ref}; ashlar status --project ${ref} shows its keys.`);
    return 0;
  },
};
