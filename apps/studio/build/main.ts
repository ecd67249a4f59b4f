import { setPriority } from 'node:os';
import { resolve } from 'node:path';
import process from 'node:process';
import { buildStudio } from './build-studio.ts';

/** Whatever else the machine does comes first. */
const BACKGROUND_PRIORITY = 10;

// A program of its own, so that a server that builds Studio does not keep a bundler's memory.
const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('Name the folder to build into');
setPriority(BACKGROUND_PRIORITY);
const { firstLoadBytes } = await buildStudio(resolve(folder));
process.stdout.write(`Studio is built; its first load is ${Math.round(firstLoadBytes / 1000)} kB\n`);
