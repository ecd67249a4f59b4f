// Measures the grid over a million rows: `node packages/ui/browser/measure.ts`. Figures depend on the machine; compare ratios.
import { type CDPSession, launchBrowser, type Page } from '@ashlar/testing';
import { servePage } from './serve-page.ts';

const SCROLL_MS = 3000;
const FRAMES_PER_SECOND = 60;
const SLOW_FRAME_MS = 32;
const PASTED_ROWS = 2000;
const PASTED_COLUMNS = 25;

/** What the measured page has to be asked for. */
interface Outside {
  readonly probe: {
    readonly batches: readonly unknown[];
    readonly grid: {
      readonly goTo: (place: { row: number; column: number }) => void;
      readonly model: { readonly saver: { readonly waiting: number } };
    } | null;
  };
}

async function busyMs(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1000;
}

/** Scrolls by so many pixels each frame, and counts frames and the main thread's work. */
async function scroll(page: Page, session: CDPSession, pixels: number): Promise<string> {
  const before = await busyMs(session);
  const frames = await page.evaluate(
    async ([step, duration]) => {
      const scroller = document.querySelector('.g-scroller');
      const taken: number[] = [];
      const begun = performance.now();
      let last = begun;
      while (last - begun < duration) {
        scroller?.dispatchEvent(new WheelEvent('wheel', { deltaY: step, bubbles: true, cancelable: true }));
        // oxlint-disable-next-line no-await-in-loop -- one frame after another
        const now = await new Promise<number>((resolve) => {
          requestAnimationFrame(() => resolve(performance.now()));
        });
        taken.push(now - last);
        last = now;
      }
      return taken;
    },
    [pixels, SCROLL_MS] as const,
  );
  const perFrame = ((await busyMs(session)) - before) / frames.length;
  const slow = frames.filter((ms) => ms > SLOW_FRAME_MS).length / frames.length;
  const fps = frames.length / (SCROLL_MS / 1000);
  const busy = (perFrame * FRAMES_PER_SECOND) / 1000;
  const work = `${perFrame.toFixed(1)} ms of work a frame: busy ${(busy * 100).toFixed(0)} % at 60 fps`;
  return `${work}; had ${fps.toFixed(0)} fps, frames over ${SLOW_FRAME_MS} ms ${(slow * 100).toFixed(1)} %`;
}

async function paste(page: Page): Promise<string> {
  return page.evaluate(
    async ([rows, columns]) => {
      const { probe } = globalThis as unknown as Outside;
      const line = Array.from({ length: columns }, (_, at) => String(at)).join('\t');
      const text = Array.from({ length: rows }, () => line).join('\r\n');
      probe.grid?.goTo({ row: 1000, column: 5 });
      const data = new DataTransfer();
      data.setData('text/plain', text);
      const begun = performance.now();
      document
        .querySelector('.g-grid')
        ?.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, cancelable: true }));
      const until = async (isDone: () => boolean): Promise<number> => {
        while (!isDone()) {
          // oxlint-disable-next-line no-await-in-loop -- looks again until it is done
          await new Promise((resolve) => {
            setTimeout(resolve, 1);
          });
        }
        return performance.now() - begun;
      };
      const shown = await until(() => probe.batches.length > 0);
      const saved = await until(() => probe.grid?.model.saver.waiting === 0);
      return `${rows * columns} cells recorded in ${shown.toFixed(0)} ms, answered in ${saved.toFixed(0)} ms`;
    },
    [PASTED_ROWS, PASTED_COLUMNS] as const,
  );
}

async function jump(page: Page): Promise<string> {
  const ms = await page.evaluate(async () => {
    const { probe } = globalThis as unknown as Outside;
    const begun = performance.now();
    probe.grid?.goTo({ row: 999_999, column: 0 });
    while (document.querySelector('[aria-rowindex="1000001"]:not([aria-busy])') === null) {
      // oxlint-disable-next-line no-await-in-loop -- looks again until it is there
      await new Promise((resolve) => {
        requestAnimationFrame(resolve);
      });
    }
    return performance.now() - begun;
  });
  return `last row seen after ${ms.toFixed(0)} ms`;
}

const served = await servePage();
const browser = await launchBrowser();
if ('absent' in browser) throw new Error(browser.absent);
for (const lang of ['en', 'ar']) {
  // oxlint-disable no-await-in-loop -- one measurement at a time, or they would disturb each other
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(`${served.url}?rows=1000000&latency=20&lang=${lang}`);
  await page.locator('.g-cell', { hasText: 'Customer 1' }).first().waitFor();
  const session = await page.context().newCDPSession(page);
  // Time the processor spent, not time that passed, so that what else runs on the machine does not count.
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  for (const pixels of [120, 20_000]) {
    process.stdout.write(`${lang}  ${pixels} px a frame: ${await scroll(page, session, pixels)}\n`);
  }
  process.stdout.write(`${lang}  ${await jump(page)}\n`);
  process.stdout.write(`${lang}  ${await paste(page)}\n`);
  await page.close();
  // oxlint-enable no-await-in-loop
}
await browser.close();
await served[Symbol.asyncDispose]();
