import type { CDPSession, Page } from '@ashlar/testing';
import type { Instance } from '../instance/instance.ts';
import { cpuUsed } from '../measure/cpu.ts';

/** Scrolling by so many pixels a frame. */
export interface Scrolling {
  readonly pixels: number;
  /** Share of the main thread's time at sixty frames a second: the processor time of a frame, times sixty. */
  readonly busy: number;
  readonly framesPerSecond: number;
  /** Share of frames that took longer than 32 ms; on a busy machine the neighbours' doing. */
  readonly slowFrames: number;
}

/** From the key press to the last saved cell. */
export interface Pasting {
  readonly cells: number;
  readonly milliseconds: number;
  /** Of the page's main thread, the server and PostgreSQL, which a busy machine hardly changes. */
  readonly cpuMs: number;
}

const SCROLL_MS = 3_000;
const FRAMES_PER_SECOND = 60;
const SLOW_FRAME_MS = 32;

/** Run by the page: milliseconds each frame took. A made event scrolls nothing by itself, unless the grid takes it. */
const scrollFrames = `async (step, duration) => {
  const scroller = document.querySelector('.g-scroller');
  const seen = () => document.querySelector('.g-body .g-row').getAttribute('aria-rowindex');
  const before = seen();
  const taken = [];
  const begun = performance.now();
  let last = begun;
  while (last - begun < duration) {
    const turn = new WheelEvent('wheel', { deltaY: step, bubbles: true, cancelable: true });
    if (scroller.dispatchEvent(turn)) scroller.scrollTop += step;
    const now = await new Promise((resolve) => requestAnimationFrame(() => resolve(performance.now())));
    taken.push(now - last);
    last = now;
  }
  if (seen() === before) throw new Error('Nothing was scrolled');
  return taken;
}`;

/** Run by the page: milliseconds until no cell that is seen is on its way any more. */
const pasteAndWait = `async (height, width) => {
  const line = (at) => Array.from({ length: width }, (_, column) => 'pasted ' + at + ' ' + column).join('\\t');
  const data = new DataTransfer();
  data.setData('text/plain', Array.from({ length: height }, (_, at) => line(at)).join('\\r\\n'));
  const begun = performance.now();
  const paste = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
  document.querySelector('.g-scroller').dispatchEvent(paste);
  const isSaving = () => document.querySelector('.g-saving') !== null;
  const until = async (isDone) => {
    while (!isDone()) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  await until(isSaving);
  await until(() => !isSaving());
  return performance.now() - begun;
}`;

export async function scrollGrid(page: Page, session: CDPSession, pixels: number): Promise<Scrolling> {
  const before = await busyMs(session);
  const frames = await page.evaluate<readonly number[]>(`(${scrollFrames})(${pixels}, ${SCROLL_MS})`);
  const perFrameMs = ((await busyMs(session)) - before) / frames.length;
  return {
    pixels,
    busy: (perFrameMs * FRAMES_PER_SECOND) / 1_000,
    framesPerSecond: frames.length / (SCROLL_MS / 1_000),
    slowFrames: frames.filter((ms) => ms > SLOW_FRAME_MS).length / frames.length,
  };
}

async function busyMs(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1_000;
}

/** Pastes at the active cell, and waits until no cell is on its way any more. */
export async function pasteCells(
  { page, session, instance }: { readonly page: Page; readonly session: CDPSession; readonly instance: Instance },
  rows: number,
  columns: number,
): Promise<Pasting> {
  const cpu = async (): Promise<number> => {
    const { server, postgres } = await cpuUsed(instance);
    return (await busyMs(session)) + (server + postgres) / 1_000;
  };
  const before = await cpu();
  const milliseconds = await page.evaluate<number>(`(${pasteAndWait})(${rows}, ${columns})`);
  return { cells: rows * columns, milliseconds, cpuMs: (await cpu()) - before };
}
