#!/usr/bin/env node
// The sources are TypeScript and need a Node that runs them as they are. When the machine's own is older, the one
// that came with the dependencies takes over. Plain JavaScript, so that any Node gets this far.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const OLDEST_NODE_MAJOR = 24;
const main = new URL('../src/main.ts', import.meta.url);

if (Number.parseInt(process.versions.node, 10) >= OLDEST_NODE_MAJOR) {
  await import(main.href);
} else {
  const bin = fileURLToPath(new URL('../../../node_modules/.bin', import.meta.url));
  const node = join(bin, process.platform === 'win32' ? 'node.cmd' : 'node');
  if (existsSync(node)) {
    runOn(node);
  } else {
    console.error(`ashlar: found Node ${process.versions.node}, wanted ${OLDEST_NODE_MAJOR} or newer.`);
    console.error('Run npm install in the folder of Ashlar: it brings one.');
    process.exitCode = 1;
  }
}

function runOn(node) {
  const child = spawn(node, [fileURLToPath(main), ...process.argv.slice(2)], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  // The child stops by itself; this process waits for it and ends with its code.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => process.exit(code ?? 1));
}
