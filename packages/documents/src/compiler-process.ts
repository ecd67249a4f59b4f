// A process of its own: the compiler is native code, which nothing inside a process can stop or bound. It is told one
// page at a time, answers it, and forgets it.
import { readFileSync, readdirSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler';
import type { CompileAnswer, CompileOrder } from './compile-order.ts';

const folder = (name: string): string => fileURLToPath(new URL(`../${name}/`, import.meta.url));
const fonts = readdirSync(folder('fonts'))
  .filter((name) => name.endsWith('.ttf'))
  .toSorted()
  .map((name) => readFileSync(`${folder('fonts')}${name}`));
// Fonts of the machine would make other pages of the same document.
const compiler = NodeCompiler.create({ workspace: folder('templates'), fontArgs: [{ fontBlobs: fonts }] });

process.on('message', (order: CompileOrder) => {
  process.send?.(answer(order));
});
process.on('disconnect', () => process.exit(0));

function answer({ id, template, data, madeAtSeconds }: CompileOrder): CompileAnswer {
  try {
    const asked = { mainFilePath: `${folder('templates')}${template}.typ`, inputs: { d: data } };
    const bytes = new Uint8Array(compiler.pdf(asked, { creationTimestamp: madeAtSeconds }));
    return { id, bytes, rssBytes: process.memoryUsage.rss() };
  } catch (error) {
    return { id, fault: faultOf(error), rssBytes: process.memoryUsage.rss() };
  } finally {
    // It keeps every page it ever made otherwise.
    compiler.evictCache(0);
  }
}

/** The compiler's own words are in `code`. */
function faultOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return `${code} ${String(error)}`.slice(0, 2000);
}
