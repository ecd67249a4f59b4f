import type { Browser } from '@ashlar/testing';

/** The first page Studio draws in a browser that was never there. */
export interface FirstLoad {
  /** From asking for the address until the field the person types into first is there, with a processor slowed down. */
  readonly shownMs: number;
  /** What came over the wire until then, heads included. */
  readonly transferredBytes: number;
  readonly requests: number;
}

/** A processor of a phone, as browsers' own tools take it. */
const SLOWDOWN = 4;

/**
 * Opens `/studio` as nobody signed in, with nothing cached and the processor slowed down four times.
 *
 * @param url Of a server that has Studio built.
 */
export async function measureFirstLoad(browser: Browser, url: string): Promise<FirstLoad> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  try {
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    await devtools.send('Network.enable');
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN });
    let transferredBytes = 0;
    let requests = 0;
    devtools.on('Network.loadingFinished', ({ encodedDataLength }) => {
      transferredBytes += encodedDataLength;
      requests += 1;
    });
    // By the page's own clock, which begins when its address is asked for; the frame it is drawn in counts.
    await page.addInitScript(`new MutationObserver((_, observer) => {
      if (document.querySelector('input[type=password]') === null) return;
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(() => (window.shownAtMs = performance.now())));
    }).observe(document, { childList: true, subtree: true });`);
    await page.goto(`${url}/studio/sign-in`, { waitUntil: 'commit' });
    await page.waitForSelector('input[type=password]');
    // Not with `waitForFunction`, which the page's policy forbids.
    const shownMs = await page.evaluate<number>(`new Promise((done) => {
      const look = () => (window.shownAtMs === undefined ? setTimeout(look, 20) : done(window.shownAtMs));
      look();
    })`);
    return { shownMs, transferredBytes, requests };
  } finally {
    await context.close();
  }
}
