import { type Advice, giveAdvice, type Severity } from '@ashlar/control';
import { usageErrors } from '../cli/cli-errors.ts';
import type { Command } from '../cli/command.ts';
import { chosenFormat, outputOption } from '../cli/output-format.ts';
import { chosenProject, projectOption } from '../cli/project-option.ts';
import { withInstance } from '../instance/with-instance.ts';

const FORMATS = ['text', 'json'] as const;
const SEVERITIES: readonly Severity[] = ['error', 'warning', 'hint'];
const FOUND_EXIT_CODE = 1;

export const command: Command = {
  usage: '',
  positionals: [0, 0],
  about:
    'Looks for what lets the wrong people at data or makes queries slow: tables without row-level security, views past\n' +
    'policies, missing indexes and more. For CI too: the exit code tells whether something grave was found.',
  options: {
    ...outputOption(FORMATS),
    ...projectOption,
    'fail-on': {
      type: 'string',
      placeholder: '<severity>',
      about: 'End with 1 for findings this grave or graver: error, warning, hint, or never. [error]',
    },
  },
  configGroups: ['instance', 'postgres'],

  async run(invocation) {
    const format = chosenFormat('lint', invocation, FORMATS);
    const failOn = chosenSeverities(invocation.text('fail-on') ?? 'error');
    const advice = await withInstance(invocation, async ({ projects }) => {
      const { project, ownerRole } = await projects.open(chosenProject(invocation));
      return giveAdvice({ database: project.database, ownerRole }, project.settings.rest.schemas);
    });
    invocation.terminal.out(format === 'json' ? JSON.stringify(advice, null, 2) : asText(advice));
    return advice.some(({ severity }) => failOn.includes(severity)) ? FOUND_EXIT_CODE : 0;
  },
};

/** That severity and what is graver. */
function chosenSeverities(found: string): readonly Severity[] {
  if (found === 'never') return [];
  const at = SEVERITIES.findIndex((severity) => severity === found);
  if (at === -1) {
    const wanted = `one of ${SEVERITIES.join(', ')}, never`;
    throw usageErrors.optionWrong({ command: 'lint', option: 'fail-on', found, wanted });
  }
  return SEVERITIES.slice(0, at + 1);
}

function asText(advice: readonly Advice[]): string {
  if (advice.length === 0) return 'Nothing found.';
  const blocks = [...Map.groupBy(advice, ({ name }) => name).values()].map((found) => {
    const [first] = found;
    if (first === undefined) return '';
    const objects = found.map(({ object, detail }) => `    ${object}${detail === null ? '' : ` (${detail})`}`);
    return [`${first.severity} ${first.name}`, `  ${first.says}.`, ...objects, `  ${first.remedy}.`].join('\n');
  });
  const counts = SEVERITIES.map(
    (severity) => [severity, advice.filter((found) => found.severity === severity).length] as const,
  );
  const total = counts
    .filter(([, count]) => count > 0)
    .map(([severity, count]) => `${count} ${severity}${count === 1 ? '' : 's'}`);
  return `${blocks.join('\n\n')}\n\n${total.join(', ')}`;
}
