import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { type Browser, launchBrowser, type Page, type RunningServer, startServer } from '@ashlar/testing';
import { openScenes, type Scene, scenes } from './pages.ts';
import { seed } from './seed.ts';
import { haveStudioBuilt, OWNER, setupLink } from './studio.fixture.ts';

const FOLDER = fileURLToPath(new URL('../screenshots/', import.meta.url));
const SIZES = [
  { name: 'wide', width: 1440, height: 900 },
  { name: 'phone', width: 390, height: 844 },
] as const;
const LANGUAGES = ['en', 'ar'] as const;
const THEMES = ['light', 'dark'] as const;

/** Pictures of every page, in both sizes, languages and themes, from a real server. Words after the command pick pages. */
const wanted = process.argv.slice(2);
const isWanted = ({ name }: Scene): boolean => wanted.length === 0 || wanted.includes(name);
const browser = await launchBrowser();
if ('absent' in browser) throw new Error(browser.absent);
await haveStudioBuilt();
const server = await startServer();
let taken = 0;
try {
  if (wanted.length === 0) await rm(FOLDER, { recursive: true, force: true });
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
    const context = await with_.newContext({ viewport, reducedMotion: 'reduce' });
    const page = await context.newPage();
    if (signInAt !== null) await signIn(page, signInAt);
    for (const language of LANGUAGES) {
      for (const theme of THEMES) {
        // Before the page's own scripts, each time one is opened.
        await page.addInitScript(
          `localStorage.setItem('ashlar.language', '${language}');
           localStorage.setItem('mantine-color-scheme-value', '${theme}');`,
        );
        await run(page, `${name}-${language}-${theme}`);
      }
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
  if (scene.press !== undefined) {
    await page.keyboard.press(scene.press);
    await page.waitForSelector(scene.appears ?? '[role=dialog]');
  }
  await page.evaluate('document.fonts.ready');
  await page.screenshot({ path: join(FOLDER, `${scene.name}-${look}.png`), animations: 'disabled' });
  taken += 1;
}
