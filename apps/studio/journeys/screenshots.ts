import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { type Browser, launchBrowser, type Page, type RunningServer, startServer } from '@ashlar/testing';
import { seriousFaults } from './axe.fixture.ts';
import { openScenes, type Scene, scenes } from './pages.ts';
import { seed } from './seed.ts';
import { haveStudioBuilt, OWNER, setupLink } from './studio.fixture.ts';

const FOLDER = fileURLToPath(new URL('../screenshots/', import.meta.url));
const SIZES = [
  { name: 'wide', width: 1440, height: 900 },
  { name: 'phone', width: 390, height: 844 },
] as const;
const LANGUAGES = ['en', 'ar'] as const;
const SAMPLE_FILE = `Order no,Customer,اسم المدينة,Total,Paid,Ordered on
${Array.from({ length: 40 }, (_, at) => `${1000 + at},Customer ${at},بغداد,${at * 12}.50,${at % 2 === 0},${(at % 28) + 1}/3/2026`).join('\n')}
`;
const THEMES = ['light', 'dark'] as const;

/**
 * Pictures of every page, in both sizes, languages and themes, from a real server. Words after the command pick pages,
 * `--look=wide-ar-dark` some of the looks. Each page is looked at by axe as well, whose serious faults fail the command.
 */
const words = process.argv.slice(2);
const wanted = words.filter((word) => !word.startsWith('--'));
const looks = words.filter((word) => word.startsWith('--look=')).map((word) => word.slice('--look='.length));
const isWanted = ({ name }: Scene): boolean => wanted.length === 0 || wanted.includes(name);
const browser = await launchBrowser();
if ('absent' in browser) throw new Error(browser.absent);
await haveStudioBuilt();
const server = await startServer();
let taken = 0;
const faults: string[] = [];
try {
  if (words.length === 0) await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  const link = await setupLink(server);
  await takeSetup(browser, link);
  const organisation = await seed(server, new URL(link).searchParams.get('token') ?? '');
  await takeAll(browser, server, openScenes.filter(isWanted), null);
  await takeAll(browser, server, scenes.filter(isWanted), organisation);
} finally {
  await browser.close();
  await server.stop();
}
process.stdout.write(`${taken} pictures in ${FOLDER}\n`);
if (faults.length > 0) {
  process.stderr.write(`${faults.join('\n')}\n`);
  process.exitCode = 1;
}

/** Before there is an owner. */
async function takeSetup(with_: Browser, link: string): Promise<void> {
  const scene = { name: 'setup', path: '', shows: 'input[type=password]' };
  if (!isWanted(scene)) return;
  await eachLook(with_, null, async (page, look) => take(page, scene, link, look));
}

async function takeAll(
  with_: Browser,
  { url }: RunningServer,
  list: readonly Scene[],
  organisation: string | null,
): Promise<void> {
  if (list.length === 0) return;
  const owner = organisation === null ? null : url;
  await eachLook(with_, owner, async (page, look) => {
    for (const scene of list) {
      const path = scene.path.replace('{organisation}', organisation ?? '');
      await take(page, scene, `${url}/studio${path}`, look);
    }
  });
}

/** A page for each size, language and theme; `signInAt` given, of the owner. */
async function eachLook(
  with_: Browser,
  signInAt: string | null,
  run: (page: Page, look: string) => Promise<void>,
): Promise<void> {
  for (const { name, ...viewport } of SIZES) {
    const all = LANGUAGES.flatMap((language) => THEMES.map((theme) => ({ language, theme })));
    const some = all.filter(
      ({ language, theme }) => looks.length === 0 || looks.includes(`${name}-${language}-${theme}`),
    );
    if (some.length === 0) continue;
    const context = await with_.newContext({ viewport, reducedMotion: 'reduce' });
    const page = await context.newPage();
    if (signInAt !== null) await signIn(page, signInAt);
    for (const { language, theme } of some) {
      // Before the page's own scripts, each time one is opened.
      await page.addInitScript(
        `localStorage.setItem('ashlar.language', '${language}');
         localStorage.setItem('mantine-color-scheme-value', '${theme}');`,
      );
      await run(page, `${name}-${language}-${theme}`);
    }
    await context.close();
  }
}

async function signIn(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/studio/sign-in`);
  await page.fill('input[type=email]', OWNER.email);
  await page.fill('input[type=password]', OWNER.password);
  await page.keyboard.press('Enter');
  await page.waitForSelector('main table');
}

async function take(page: Page, scene: Scene, url: string, look: string): Promise<void> {
  await page.goto(url);
  await page.waitForSelector(scene.shows);
  await page.waitForLoadState('networkidle');
  if (scene.press !== undefined || scene.open !== undefined) {
    if (scene.open !== undefined) await page.click(scene.open);
    if (scene.press !== undefined) await page.keyboard.press(scene.press);
    await page.waitForSelector(scene.appears ?? '[role=dialog]');
  }
  if (scene.click !== undefined) await page.click(scene.click);
  if (scene.file !== undefined) {
    const file = { name: scene.file, mimeType: 'text/csv', buffer: Buffer.from(SAMPLE_FILE) };
    await page.locator('input[type=file]').setInputFiles(file);
    await page.waitForSelector(scene.appears ?? 'form');
  }
  await page.evaluate('document.fonts.ready');
  await page.screenshot({ path: join(FOLDER, `${scene.name}-${look}.png`), animations: 'disabled' });
  taken += 1;
  faults.push(...(await seriousFaults(page)).map((fault) => `${scene.name}-${look}: ${fault}`));
}
