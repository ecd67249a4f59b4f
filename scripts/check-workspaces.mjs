// Holds the parts of the layout no linter sees: every service, suite and app is named in the lint config's layer
// table (an unnamed one would pass as an ordinary package), and no package depends on a layer above it.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';

const LAYERS = ['packages', 'services', 'suites', 'apps'];
/** Layers a workspace of the layer may depend on at run time. */
const MAY_DEPEND_ON = {
  packages: ['packages'],
  services: ['packages'],
  suites: ['packages'],
  apps: ['packages', 'services', 'suites', 'apps'],
};
const root = new URL('../', import.meta.url);
const lint = readFileSync(new URL('.oxlintrc.json', root), 'utf8');

const workspaces = LAYERS.filter((layer) => existsSync(new URL(layer, root))).flatMap((layer) =>
  readdirSync(new URL(layer, root))
    .map((folder) => new URL(`${layer}/${folder}/package.json`, root))
    .filter((file) => existsSync(file))
    .map((file) => ({ layer, manifest: JSON.parse(readFileSync(file, 'utf8')) })),
);
const layerOf = new Map(workspaces.map(({ layer, manifest }) => [manifest.name, layer]));

const faults = [];
for (const { layer, manifest } of workspaces) {
  const shortName = manifest.name.replace('@ashlar/', '');
  if (layer !== 'packages' && !new RegExp(`@ashlar/[^"]*\\b${shortName}\\b`).test(lint)) {
    faults.push(`${manifest.name} is not in the layer table of .oxlintrc.json`);
  }
  for (const dependency of Object.keys(manifest.dependencies ?? {})) {
    const target = layerOf.get(dependency);
    if (target === undefined) continue;
    const fine = MAY_DEPEND_ON[layer].includes(target) && !(shortName === 'kernel');
    if (!fine) faults.push(`${manifest.name} (${layer}) must not depend on ${dependency} (${target})`);
  }
}
/** The kernel knows no server, no driver and no user interface: suites stand on it wherever they run. */
const OF_KERNEL = ['kysely', 'zod'];
const kernel = workspaces.find(({ manifest }) => manifest.name === '@ashlar/kernel')?.manifest;
for (const dependency of Object.keys({ ...kernel?.dependencies, ...kernel?.peerDependencies })) {
  if (!OF_KERNEL.includes(dependency)) faults.push(`@ashlar/kernel must not depend on ${dependency}`);
}
for (const fault of faults) process.stdout.write(`${fault}\n`);
if (faults.length > 0) process.exitCode = 1;
