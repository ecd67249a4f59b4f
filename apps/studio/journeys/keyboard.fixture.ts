import type { Page } from '@ashlar/testing';

type Locator = ReturnType<Page['locator']>;

const MOST_STOPS = 120;

/** Presses Tab until the element is focused: what nobody reaches this way fails. */
export async function tabTo(page: Page, wanted: Locator): Promise<void> {
  // Not `visible`: the inputs of segmented controls are drawn by their labels.
  await wanted.first().waitFor({ state: 'attached' });
  const focused = wanted.and(page.locator(':focus'));
  for (let pressed = 0; pressed < MOST_STOPS; pressed += 1) {
    if ((await focused.count()) > 0) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`${String(wanted)} is not reached with Tab`);
}

/** Tabs to the element and presses Enter. */
export async function press(page: Page, wanted: Locator): Promise<void> {
  await tabTo(page, wanted);
  await page.keyboard.press('Enter');
}

/** Goes to a page by its name in the palette. */
export async function goByPalette(page: Page, find: string, name: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page
    .getByRole('dialog')
    .getByRole('textbox')
    .or(page.getByRole('dialog').getByRole('combobox'))
    .first()
    .waitFor();
  await page.keyboard.type(find);
  await page.getByRole('option', { name }).and(page.locator('[data-combobox-selected]')).waitFor();
  await page.keyboard.press('Enter');
}

/** Opens a list of choices and takes one with the arrow keys. */
export async function chooseByKeys(page: Page, list: Locator, option: string): Promise<void> {
  await tabTo(page, list);
  await page.keyboard.press('ArrowDown');
  const wanted = page.getByRole('option', { name: option, exact: true });
  await wanted.waitFor();
  for (let pressed = 0; pressed < 30; pressed += 1) {
    if ((await wanted.and(page.locator('[data-combobox-selected]')).count()) > 0) break;
    await page.keyboard.press('ArrowDown');
  }
  await page.keyboard.press('Enter');
}
