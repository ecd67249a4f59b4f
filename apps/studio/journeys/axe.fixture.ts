import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from '@ashlar/testing';

const SOURCE = readFile(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

/** The serious and critical faults axe finds in the page as it is, each with the elements it is about. */
export async function seriousFaults(page: Page): Promise<readonly string[]> {
  // Run by the browser itself, which the page's policy does not concern.
  if (!(await page.evaluate<boolean>(`'axe' in window`))) await page.evaluate(`${await SOURCE}; undefined`);
  return page.evaluate(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 200)).join(' | ')))`);
}
