// What every page must be, whatever it says: readable in both colour schemes, on a desk and on a phone, with the keyboard, and by a
// program that reads it out. Nothing here depends on scripts of the page, so it also works where they are off.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 360, height: 740 } };
const SCHEMES = ['light', 'dark'];

/** The most elements that are reached with the tabulator key. */
const STOPS = 60;

/** Looks at the page in every size and scheme. Screenshots go to the directory, if there is one. Returns what is wrong, as sentences. */
export async function audit(page, name, directory) {
  const problems = [];
  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const colorScheme of SCHEMES) {
      await page.setViewportSize(viewport);
      // Without motion no colour is on its way to another.
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const found = await page.evaluate(inspect);
      problems.push(...found.map(problem => `${name}, ${size}, ${colorScheme}: ${problem}`));
      if (directory) await shoot(page, directory, `${name}-${size}-${colorScheme}.png`);
    }
  }

  await page.setViewportSize(SIZES.desktop);
  await page.emulateMedia({ colorScheme: 'light' });
  problems.push(...(await unseenFocus(page)).map(problem => `${name}: ${problem}`));
  return problems;
}

async function shoot(page, directory, file) {
  await mkdir(directory, { recursive: true });
  await page.screenshot({ path: join(directory, file), fullPage: true, animations: 'disabled' });
}

/** Who uses the keyboard must see where they are. */
async function unseenFocus(page) {
  const problems = [];
  await page.evaluate(() => document.activeElement?.blur());
  for (let stop = 0; stop < STOPS; stop++) {
    await page.keyboard.press('Tab');
    const focus = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return null;

      const style = getComputedStyle(element);
      const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1;
      return { seen: outlined || style.boxShadow !== 'none', text: element.outerHTML.slice(0, 90) };
    });
    if (!focus) break;
    if (!focus.seen) problems.push(`the focus cannot be seen on ${focus.text}`);
  }

  return problems;
}

/** Runs in the page. */
function inspect() {
  const LEAST_CONTRAST = 4.5;
  const LEAST_CONTRAST_LARGE = 3;
  const problems = [];
  const say = (element, text) => problems.push(`${text}: ${element.outerHTML.replace(/\s+/g, ' ').slice(0, 120)}`);
  const all = selector => [...document.querySelectorAll(selector)];
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });

  if (!document.documentElement.lang) problems.push('the page does not name its language');
  if (!document.title.trim()) problems.push('the page has no title');
  if (all('main').length !== 1) problems.push('the page has not exactly one main');
  if (all('h1').length !== 1) problems.push(`the page has ${all('h1').length} h1`);
  if (!document.querySelector('meta[name=viewport]')) problems.push('the page does not adapt to a phone');
  if (document.documentElement.scrollWidth > innerWidth) {
    problems.push(`it is ${document.documentElement.scrollWidth} px wide where there are ${innerWidth}`);
    for (const element of all('body *')) {
      if (element.getBoundingClientRect().right > innerWidth + 1) {
        say(element, 'it stands out');
        break;
      }
    }
  }

  const ids = all('[id]').map(element => element.id);
  for (const id of new Set(ids.filter((id, index) => ids.indexOf(id) !== index))) problems.push(`the id ${id} is there twice`);
  for (const field of all('input:not([type=hidden]), select, textarea').filter(field => field.ariaHidden !== 'true')) {
    const named = [...(field.labels ?? [])].some(label => label.textContent.trim()) || field.ariaLabel || field.getAttribute('aria-labelledby');
    if (!named) say(field, 'a field has no label');
  }

  for (const control of all('button, a[href], summary')) {
    if (!(control.textContent.trim() || control.ariaLabel)) say(control, 'a control has no name');
  }

  for (const image of all('img, svg')) {
    if (!(image.hasAttribute('alt') || image.ariaLabel || image.ariaHidden === 'true')) say(image, 'an image has no text');
  }

  for (const control of all('button, select, textarea, input:not([type=hidden], [type=checkbox], [type=radio])').filter(control => control.ariaHidden !== 'true')) {
    const box = control.getBoundingClientRect();
    if (box.width > 0 && (box.height < 24 || box.width < 24)) say(control, `a control is ${box.width} by ${box.height} px`);
  }

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const judged = new Set();
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || judged.has(element) || element.closest('noscript, script, style, :disabled') || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;

    judged.add(element);
    const style = getComputedStyle(element);
    const behind = backdrop(element);
    const ratio = contrast(over(rgba(style.color), behind), behind);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? LEAST_CONTRAST_LARGE : LEAST_CONTRAST)) say(element, `a contrast of ${ratio.toFixed(2)}`);
  }

  return problems;

  /** Any colour that CSS knows, as numbers. */
  function rgba(colour) {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return { r, g, b, a: a / 255 };
  }

  function over(front, back) {
    const mix = name => front[name] * front.a + back[name] * (1 - front.a);
    return { r: mix('r'), g: mix('g'), b: mix('b'), a: 1 };
  }

  function backdrop(element) {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      const colour = rgba(getComputedStyle(at).backgroundColor);
      if (colour.a > 0) layers.push(colour);
      if (colour.a === 1) break;
    }

    const canvasColour = matchMedia('(prefers-color-scheme: dark)').matches && /dark/.test(getComputedStyle(document.documentElement).colorScheme)
      ? { r: 18, g: 18, b: 18, a: 1 }
      : { r: 255, g: 255, b: 255, a: 1 };
    return layers.reduceRight((back, layer) => over(layer, back), canvasColour);
  }

  /** WCAG 2, relative luminance. */
  function contrast(first, second) {
    const luminance = ({ r, g, b }) => {
      const [red, green, blue] = [r, g, b].map(part => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const [one, two] = [luminance(first), luminance(second)];
    return (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
  }
}
