import { readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';
import sharp from 'sharp';
import { expect, onTestFinished, test } from 'vitest';
import { createImageProcess } from './image-process.ts';

const ORDER = { width: 10, height: 10, fit: 'cover', quality: 80, format: null } as const;

function noise(width: number, height: number): Promise<Buffer> {
  return sharp({
    create: { width, height, channels: 3, background: '#000', noise: { type: 'gaussian', mean: 128, sigma: 60 } },
  })
    .jpeg()
    .toBuffer();
}

/** Children of this process that make pictures. */
function children(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const [, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
        return Number(parent) === process.pid && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('image-child');
      } catch {
        return false;
      }
    });
}

const measurable = process.platform === 'linux';

test.runIf(measurable)('the process is there while pictures are made, and not before or after', async () => {
  const images = createImageProcess({ idleMs: 50 });
  onTestFinished(() => images.close());
  expect(children()).toEqual([]);
  const source = await noise(100, 100);
  await Promise.all(Array.from({ length: 8 }, () => images.render(async () => source, ORDER)));
  expect(children()).toHaveLength(1);
  await expect.poll(children, { timeout: 10_000 }).toEqual([]);
  expect((await images.render(async () => source, ORDER)).format).toBe('jpeg');
});

test('a picture that takes too long ends, and the next one is made', { timeout: 60_000 }, async () => {
  const images = createImageProcess({ timeoutMs: 1 });
  onTestFinished(() => images.close());
  const source = await noise(2_000, 2_000);
  const slow = { ...ORDER, width: 2_000, height: 2_000, format: 'avif' } as const;
  await expect(images.render(async () => source, slow)).rejects.toMatchObject({ code: 'storage.image_too_costly' });
});

test.runIf(measurable)('a process that dies refuses what it had, and another takes its place', async () => {
  const images = createImageProcess();
  onTestFinished(() => images.close());
  const source = await noise(3_000, 2_000);
  await images.render(async () => source, ORDER);
  const dying = images.render(async () => source, { ...ORDER, width: 2_000, height: 2_000, format: 'avif' });
  const refused = expect(dying).rejects.toMatchObject({ code: 'storage.image_too_costly' });
  for (const pid of children()) process.kill(pid, 'SIGKILL');
  await refused;
  expect((await images.render(async () => source, ORDER)).bytes.length).toBeGreaterThan(100);
});

test('no more wait than may, and those who wait hold no bytes', async () => {
  const images = createImageProcess();
  onTestFinished(() => images.close());
  const source = await noise(50, 50);
  let loaded = 0;
  const gate = Promise.withResolvers<void>();
  const asked = Array.from({ length: 67 }, () =>
    images
      .render(async () => {
        loaded += 1;
        await gate.promise;
        return source;
      }, ORDER)
      .then(
        () => 'made',
        (error: { code: string }) => error.code,
      ),
  );
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(loaded).toBe(2);
  gate.resolve();
  const answers = await Promise.all(asked);
  expect(answers.filter((answer) => answer === 'storage.images_busy')).toHaveLength(1);
  expect(answers.filter((answer) => answer === 'made')).toHaveLength(66);
});
