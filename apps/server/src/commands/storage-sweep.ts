import type { Command, Invocation } from '../cli/command.ts';
import { usageErrors } from '../cli/cli-errors.ts';
import { chosenProject, projectOption } from '../cli/project-option.ts';
import { withInstance } from '../instance/with-instance.ts';

const DEFAULT_MINUTES = 15;
const MINUTES = /^\d{1,6}$/;

export const command: Command = {
  usage: '',
  positionals: [0, 0],
  about: [
    'Removes files no object names, such as an upload leaves that a crash cut off, and counts the objects whose file is',
    'missing. A running server does the same by itself from time to time.',
  ].join('\n'),
  options: {
    'older-than': {
      type: 'string',
      placeholder: '<minutes>',
      about: `Spare younger files, which may belong to an upload under way; 0 only while nobody uploads. [${DEFAULT_MINUTES}]`,
    },
    ...projectOption,
  },
  configGroups: ['instance', 'postgres', 'storage'],

  async run(invocation) {
    const before = new Date(Date.now() - minutesOf(invocation) * 60_000);
    const { createFolderPartialFiles, sweepFiles, sweepUploads } = await import('@ashlar/storage');
    const { openFiles } = await import('../instance/open-files.ts');
    const swept = await withInstance(invocation, async ({ paths, projects }) => {
      const { project } = await projects.open(chosenProject(invocation));
      const files = openFiles(invocation.config.storage, paths.files);
      const { ref, database } = project;
      await sweepUploads(project, { partials: createFolderPartialFiles(paths.files) }, new Date());
      return sweepFiles({ project: ref, database, files, before, checkRows: true });
    });
    invocation.terminal.out(
      `Removed ${swept.removedFiles} files without an object; ${swept.missingFiles} objects miss their file.`,
    );
    return 0;
  },
};

function minutesOf({ text }: Invocation): number {
  const given = text('older-than') ?? String(DEFAULT_MINUTES);
  if (MINUTES.test(given)) return Number(given);
  throw usageErrors.argumentsWrong({ command: 'storage sweep', found: `"${given}"`, wanted: 'minutes, 0 or more' });
}
