import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { usageErrors } from '../cli/cli-errors.ts';
import type { Command } from '../cli/command.ts';
import { chosenProject, projectOption } from '../cli/project-option.ts';
import { withInstance } from '../instance/with-instance.ts';
import { administrator } from './administrator.ts';

export const command: Command = {
  usage: '<file>',
  positionals: [1, 1],
  about: [
    'Imports products from a CSV file of any length, in UTF-8, UTF-16 or Windows-1256, by their SKU: the same file again',
    'changes nothing. Columns: sku, title.<language>, brand, tax_category, uom, barcode, price.<currency>. The whole file',
    'is tried first; where a row is at fault nothing is imported, and the faults are printed as a table.',
  ].join('\n'),
  options: {
    'valid-only': { type: 'boolean', about: 'Import the rows without a fault.' },
    'dry-run': { type: 'boolean', about: 'Try everything and print the faults.' },
    org: { type: 'string', placeholder: '<id>', about: 'Organisation to act for; by default the default one.' },
    ...projectOption,
  },
  configGroups: ['instance', 'postgres'],

  async run(invocation) {
    const { positionals, terminal, isSet, text } = invocation;
    const [path = ''] = positionals;
    await access(path, constants.R_OK).catch((cause: unknown) => {
      const wanted = 'a file that can be read';
      throw usageErrors.argumentsWrong({ command: 'product import', found: path, wanted }, { cause });
    });
    const [{ createUseCases }, { suites }, { csvLine, importFile, importProducts }] = await Promise.all([
      import('@ashlar/handlers'),
      import('../suites.ts'),
      import('@ashlar/suite-product'),
    ]);
    const useCases = createUseCases({ suites });
    let faults = 0;
    const { isDone, created, updated, unchanged, faulty } = await withInstance(invocation, async ({ projects }) => {
      const { project } = await projects.open(chosenProject(invocation));
      const as = { database: project.database, caller: administrator, via: 'cli', orgId: text('org') } as const;
      return importFile({
        open: () => createReadStream(path),
        mode: isSet('valid-only') ? 'valid-only' : 'all',
        dryRun: isSet('dry-run'),
        send: async (input, { dryRun }) => {
          const asked = { ...as, requestId: randomUUID(), dryRun };
          const { output } = await useCases.invoke(importProducts.name, input, asked);
          return importProducts.output.parse(output);
        },
        onFault: ({ line, sku, column, code, detail }) => {
          if (faults === 0) terminal.out(csvLine(['line', 'sku', 'column', 'code', 'detail']).trimEnd());
          faults += 1;
          terminal.out(csvLine([String(line), sku, column, code, detail]).trimEnd());
        },
      });
    });
    const done = isDone ? 'Imported' : 'Imported nothing; tried';
    terminal.note(`${done}: ${created} new, ${updated} changed, ${unchanged} as they were, ${faulty} at fault.`);
    return faulty > 0 ? 1 : 0;
  },
};
