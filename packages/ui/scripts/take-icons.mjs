// Writes src/icons/icon-nodes.ts: the drawings we use of Tabler's icons, which are under the MIT licence. The package
// itself has eighteen thousand files and 90 MB; whoever installs Ashlar needs the few dozen drawings named here.
// To add one: put its name below and run `node packages/ui/scripts/take-icons.mjs`.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

const PACKAGE = '@tabler/icons@3.51.0';
const NAMES = `
  adjustments alert-circle alert-triangle arrow-left arrow-right arrows-sort ban book-2 bolt box brand-github brand-google
  building calendar chart-bar check chevron-down chevron-left chevron-right chevron-up circle-check clock code command copy
  database database-plus device-desktop device-laptop dots dots-vertical download edit external-link eye eye-off file-import
  filter fingerprint folder git-branch grip-vertical help history home info-circle key keyboard language layout-sidebar link list
  lock login logout mail message moon pencil player-pause player-play plus refresh route schema search selector
  send server settings shield-check shield-lock sparkles sql star sun table table-plus terminal-2 trash upload user user-plus users
  user-shield user-x x
  columns database-import circle-plus folder-plus function hash json letter-case toggle-left abc clipboard arrow-back-up
  arrow-forward-up layout-columns pin pinned sort-ascending sort-descending stack-2 palette player-stop
`
  .trim()
  .split(/\s+/);

const folder = mkdtempSync(join(tmpdir(), 'ashlar-icons-'));
try {
  execFileSync('npm', ['pack', PACKAGE, '--silent', '--pack-destination', folder], { stdio: 'ignore' });
  const packed = readdirSync(folder)[0];
  const nodes = JSON.parse(
    execFileSync('tar', ['-xzOf', join(folder, packed), 'package/tabler-nodes-outline.json'], {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    }),
  );
  const lines = [...new Set(NAMES)].toSorted().flatMap((name) => {
    if (nodes[name] === undefined) {
      process.stderr.write(`There is no icon ${name}\n`);
      return [];
    }
    const paths = nodes[name].map(([tag, { d }]) => {
      if (tag !== 'path') throw new Error(`${name} has a ${tag}`);
      return d;
    });
    return [`  '${name}': '${paths.join('')}',`];
  });
  writeFileSync(
    new URL('../src/icons/icon-nodes.ts', import.meta.url),
    `// Made by scripts/take-icons.mjs from ${PACKAGE}, copyright Paweł Kuna, MIT licence.

/** Outlines on a field of 24 by 24. */
export const iconNodes = {
${lines.join('\n')}
} as const satisfies Readonly<Record<string, string>>;
`,
  );
} finally {
  rmSync(folder, { recursive: true });
}
