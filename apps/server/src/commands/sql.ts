import { text as readAll } from 'node:stream/consumers';
import { runScript } from '@ashlar/postgres';
import { cliErrors, usageErrors } from '../cli/cli-errors.ts';
import type { Command, Invocation } from '../cli/command.ts';
import { chosenFormat, outputOption } from '../cli/output-format.ts';
import { chosenProject, projectOption } from '../cli/project-option.ts';
import { withInstance } from '../instance/with-instance.ts';
import { readSql } from '../migrations/migration-folder.ts';
import { describeSqlError, isServerError } from '../sql/describe-sql-error.ts';
import { formatResult } from '../sql/format-table.ts';
import { rowsAsJson } from '../sql/rows-as-json.ts';

const FORMATS = ['text', 'json'] as const;

export const command: Command = {
  usage: '["statements"]',
  positionals: [0, 1],
  about: [
    "Runs SQL as the project's owner: the argument, a file, or standard input. The statements are one transaction",
    'unless they say otherwise. With -o json each result with rows is one line, an array of objects.',
  ].join('\n'),
  options: {
    file: { type: 'string', short: 'f', placeholder: '<file>', about: 'File to run; - is standard input.' },
    ...outputOption(FORMATS),
    ...projectOption,
  },
  configGroups: ['instance', 'postgres'],

  async run(invocation) {
    const { terminal } = invocation;
    const format = chosenFormat('sql', invocation, FORMATS);
    const script = await readScript(invocation);
    const results = await withInstance(invocation, async ({ projects }) => {
      const { target } = await projects.open(chosenProject(invocation));
      return runScript(target, script).catch((error: unknown) => {
        if (!isServerError(error)) throw error;
        const more = error.hint === undefined ? { cause: error } : { cause: error, hint: error.hint };
        throw cliErrors.statementFailed({ message: describeSqlError(error, script) }, more);
      });
    });
    for (const result of results) {
      if (format === 'text') terminal.out(formatResult(result));
      else if (result.fields.length > 0) terminal.out(JSON.stringify(rowsAsJson(result)));
    }
    return 0;
  },
};

async function readScript({ positionals, text }: Invocation): Promise<string> {
  const [argument] = positionals;
  const file = text('file');
  if (argument !== undefined && file !== undefined) {
    throw usageErrors.argumentsWrong({ command: 'sql', found: 'statements and a file', wanted: 'one of them' });
  }
  if (argument !== undefined) return argument;
  if (file !== undefined && file !== '-') return readSql(file);
  if (file === undefined && process.stdin.isTTY) {
    throw usageErrors.argumentsWrong({ command: 'sql', found: 'no statement', wanted: '"statements" or -f <file>' });
  }
  return readAll(process.stdin);
}
