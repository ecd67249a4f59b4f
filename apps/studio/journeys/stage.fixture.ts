import { type Browser, launchBrowser, type Page, type RunningServer, startServer } from '@ashlar/testing';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { haveStudioBuilt } from './studio.fixture.ts';

const PATIENCE_MS = 60_000;

/** Where a journey is walked: a server with Studio, and pages of a real browser. */
export interface Stage {
  readonly server: RunningServer;
  /** In a browser nobody has used before. */
  readonly openPage: () => Promise<Page>;
  /** What was thrown in any page, and what its policy forbade: the console alone tells of that. */
  readonly faults: string[];
}

export interface StageOptions {
  readonly width?: number;
  readonly height?: number;
  /** Of the browser, as the clipboard needs. */
  readonly permissions?: readonly string[];
}

/**
 * Sets the stage for the tests of a file before `prepare` runs, and clears it after them. Where no browser runs, they
 * are skipped and say why.
 */
export function useStage(
  { width = 1280, height = 800, permissions = [] }: StageOptions,
  prepare: (stage: Stage) => Promise<void>,
): void {
  let absent: string | undefined;
  let browser: Browser | undefined;
  let server: RunningServer | undefined;

  beforeAll(async () => {
    const launched = await launchBrowser();
    if ('absent' in launched) {
      absent = launched.absent;
      return;
    }
    browser = launched;
    await haveStudioBuilt();
    server = await startServer();
    const faults: string[] = [];
    const openPage = async (): Promise<Page> => {
      const context = await launched.newContext({ viewport: { width, height }, reducedMotion: 'reduce' });
      await context.grantPermissions([...permissions]);
      const page = await context.newPage();
      page.setDefaultTimeout(PATIENCE_MS);
      page.on('pageerror', (error) => faults.push(String(error)));
      page.on('console', (message) => {
        if (message.text().includes('Content Security Policy')) faults.push(message.text());
      });
      return page;
    };
    await prepare({ server, openPage, faults });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });
  beforeEach(({ skip }) => {
    if (absent !== undefined) skip(absent);
  });
}
