import { createSuiteProject } from '@ashlar/testing';
import { expect, test } from 'vitest';
import { suites } from '../suites.ts';
import { type Column, COLUMNS, tablesSource } from './tables-source.ts';

// Written anew by: vitest run apps/server/src/contracts/suite-tables.pg.test.ts --update=all
test.each(suites.map((suite) => ({ suite, name: suite.name })))(
  'the generated types of $name are those of its schema after all migrations',
  async ({ suite }) => {
    await using project = await createSuiteProject({ suites: [suite] });
    const columns = await project.test.sql<Column & Record<string, unknown>>(COLUMNS, [suite.schema]);
    const file = `../../../../suites/${suite.name}/src/adapters/generated-tables.ts`;
    await expect(tablesSource(suite, columns)).toMatchFileSnapshot(file);
  },
);
