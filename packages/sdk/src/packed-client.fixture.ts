import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { launchBrowser } from '@ashlar/testing';

const run = promisify(execFile);
const require = createRequire(import.meta.url);
const PACKAGE = fileURLToPath(new URL('../', import.meta.url));
const MODULES = fileURLToPath(new URL('../../../node_modules/', import.meta.url));

export interface PackedClient extends AsyncDisposable {
  readonly folder: string;
  /** What is in the package. */
  readonly files: readonly string[];
  /** What the compiler has to say about a program; nothing, if it is right. */
  typeCheck(source: string): Promise<string>;
  /** What a program writes, run by plain Node. */
  run(source: string): Promise<string>;
}

/**
 * The package as `npm pack` makes it, unpacked into the modules of a folder of its own. What it depends on is this
 * workspace's, so that no registry is needed.
 */
export async function packInto(): Promise<PackedClient> {
  const folder = await mkdtemp(join(tmpdir(), 'ashlar-sdk-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], {
      cwd: PACKAGE,
      shell: false,
    });
    const [packed] = Object.values(JSON.parse(stdout.slice(stdout.search(/^[[{]/m))) as Record<string, Packed>);
    if (packed === undefined) throw new Error('npm packed nothing');
    const home = join(folder, 'node_modules', '@ashlar', 'sdk');
    await mkdir(home, { recursive: true });
    await run('tar', ['-xzf', join(folder, packed.filename), '-C', home, '--strip-components=1']);
    for (const scope of ['@supabase', 'tslib', 'iceberg-js']) {
      await symlink(join(MODULES, scope), join(folder, 'node_modules', scope), 'junction');
    }
    await writeFile(join(folder, 'package.json'), '{ "type": "module", "private": true }');
    return { ...client(folder), files: packed.files.map(({ path }) => path), [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

function client(folder: string): Pick<PackedClient, 'folder' | 'run' | 'typeCheck'> {
  return {
    folder,
    async run(source) {
      await writeFile(join(folder, 'program.js'), source);
      return (await run(process.execPath, ['program.js'], { cwd: folder })).stdout;
    },
    async typeCheck(source) {
      await writeFile(join(folder, 'program.ts'), source);
      const compiler = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
      const options = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2022', '--lib', 'es2022,dom'];
      const args = [compiler, ...options, '--types', '', '--skipLibCheck', 'program.ts'];
      try {
        return (await run(process.execPath, args, { cwd: folder })).stdout;
      } catch (error) {
        // The compiler ends with a code of its own when it has something to say.
        return (error as { readonly stdout: string }).stdout;
      }
    },
  };
}

/** Runs the body of a function in a page of a real browser, where `createClient` is that of the built package. */
export async function openInBrowser(
  packed: PackedClient,
  body: string,
): Promise<{ readonly value: unknown } | { readonly absent: string }> {
  const browser = await launchBrowser();
  if ('absent' in browser) return browser;
  const server = createServer((request, response) => {
    const page = `<!doctype html><title>page</title><script src="/supabase.js"></script>
      <script type="importmap">{ "imports": { "@supabase/supabase-js": "/shim.js" } }</script>`;
    const send = (type: string, content: string | Buffer): void =>
      void response.writeHead(200, { 'content-type': type }).end(content);
    const path = request.url ?? '/';
    if (path === '/') send('text/html', page);
    else if (path === '/shim.js') send('text/javascript', 'export const createClient = window.supabase.createClient;');
    else {
      const file =
        path === '/supabase.js'
          ? join(MODULES, '@supabase/supabase-js/dist/umd/supabase.js')
          : join(packed.folder, 'node_modules/@ashlar/sdk', path);
      readFile(file).then(
        (content) => send('text/javascript', content),
        () => response.writeHead(404).end(),
      );
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const value: unknown = await page.evaluate(
      `import('/dist/index.js').then(async ({ createClient }) => { ${body} })`,
    );
    return { value };
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
  }
}
