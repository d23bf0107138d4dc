import i18next from 'i18next';
import { isNotDiagnostic } from '../components/not-diagnostic.ts';
import { useWorkspace } from '../workspace/workspace-store.ts';
import { type ImageFacts, imageFacts } from './image-facts.ts';
import { type PictureScope, tell, useOutput } from './output-store.ts';
import { encodePicture, takePicture } from './picture.ts';

const style = `
  @page { margin: 10mm; }
  * { box-sizing: border-box; }
  body { margin: 0; font: 10pt system-ui, sans-serif; color: #000; background: #fff; }
  h1 { margin: 0 0 1mm; font-size: 14pt; }
  dl { display: flex; flex-wrap: wrap; gap: 0 6mm; margin: 0 0 2mm; }
  dl div { display: flex; gap: 1.5mm; }
  dt { color: #444; }
  dd { margin: 0; font-weight: 600; }
  section:not(:last-child) { break-after: page; }
  img { display: block; width: 100%; max-height: 205mm; object-fit: contain; background: #000; print-color-adjust: exact; }
  footer { display: flex; justify-content: space-between; gap: 6mm; margin-top: 2mm; font-size: 9pt; }
  .notice { font-weight: 700; }
`;

/** Facts of a patient and study are the same for all their images; those of an image come after them. */
const patientFacts = [
  'patientID',
  'birthDate',
  'sex',
  'studyDate',
  'studyDescription',
  'institution',
  'accessionNumber',
] as const;
const viewFacts = ['series', 'image', 'window', 'zoom'] as const;

function factList(page: Document, facts: ImageFacts, names: readonly (keyof ImageFacts)[]): HTMLDListElement {
  const list = page.createElement('dl');
  for (const name of names) {
    if (facts[name] === '') continue;
    const [pair, term, value] = [
      page.createElement('div'),
      page.createElement('dt'),
      page.createElement('dd'),
    ];
    term.textContent = i18next.t(`output.fact.${name}`);
    value.textContent = facts[name];
    value.dataset.fact = name;
    pair.append(term, value);
    list.append(pair);
  }
  return list;
}

/** Each patient and study once, and under it the images. */
function headerOf(page: Document, all: readonly ImageFacts[]): HTMLElement {
  const header = page.createElement('header');
  const keyOf = (facts: ImageFacts) =>
    [facts.patientName, ...patientFacts.map((name) => facts[name])].join('\n');
  for (const key of new Set(all.map(keyOf))) {
    const own = all.filter((facts) => keyOf(facts) === key);
    const [first] = own;
    if (!first) continue;
    const name = page.createElement('h1');
    // A print without the patient's name says that there is none; it never says nothing.
    name.textContent = first.patientName || i18next.t('list.noName');
    name.dataset.fact = 'patientName';
    header.append(name, factList(page, first, patientFacts));
    for (const facts of own) header.append(factList(page, facts, viewFacts));
  }
  return header;
}

function footerOf(page: Document): HTMLElement {
  const footer = page.createElement('footer');
  const now = new Date();
  const pad = (value: number) => String(value).padStart(2, '0');
  const day = `${now.getFullYear()}-${pad(now.getMonth() + 1)}-${pad(now.getDate())}`;
  const when = `${day} ${pad(now.getHours())}:${pad(now.getMinutes())}`;
  const by = page.createElement('span');
  by.dataset.fact = 'printed';
  by.textContent = i18next.t('output.printedBy', { user: useOutput.getState().userName, when });
  footer.append(by);
  if (isNotDiagnostic()) {
    const notice = page.createElement('span');
    notice.className = 'notice';
    notice.dataset.fact = 'notice';
    notice.textContent = i18next.t('app.notDiagnostic');
    footer.append(notice);
  }
  return footer;
}

/** What is printed: the active viewport, the layout as it lies on one page, or each viewport of it on a page of its own. */
export type PrintScope = PictureScope | 'pages';

interface PrintedPage {
  readonly picture: HTMLCanvasElement;
  /** Of each viewport on the page. */
  readonly facts: readonly ImageFacts[];
}

/** The pages of a scope, viewports in their order; those that show nothing to be printed have none. */
function pagesOf(scope: PrintScope): readonly PrintedPage[] {
  const { activeTile, controllers, grid, enlargedTile } = useWorkspace.getState();
  const all = Array.from({ length: grid.rows * grid.columns }, (_, tile) => tile);
  const visible = enlargedTile === undefined ? all : [enlargedTile];
  const factsOf = (tile: number): readonly ImageFacts[] => {
    const state = controllers[tile]?.getState();
    const facts = state && imageFacts(state);
    return facts ? [facts] : [];
  };
  const page = (shown: PictureScope, tiles: readonly number[]): readonly PrintedPage[] => {
    const facts = tiles.flatMap(factsOf);
    const choice = { scope: shown, hasTexts: true, hasDrawings: true };
    const picture = facts.length > 0 ? takePicture(choice, tiles[0]) : undefined;
    return picture ? [{ picture, facts }] : [];
  };
  if (scope === 'pages') return visible.flatMap((tile) => page('viewport', [tile]));
  return page(scope, scope === 'viewport' ? [activeTile] : visible);
}

function asDataUrl(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(new Error('The picture could not be read'));
    reader.readAsDataURL(blob);
  });
}

const frameName = 'isocenter-print';

/** A page: whose and what it is, the picture, and who printed it. */
async function sectionOf(page: Document, { picture, facts }: PrintedPage): Promise<HTMLElement> {
  const section = page.createElement('section');
  const image = page.createElement('img');
  image.alt = '';
  image.src = await asDataUrl(await encodePicture(picture, 'image/png'));
  await image.decode();
  section.append(headerOf(page, facts), image, footerOf(page));
  return section;
}

/** Fills a hidden frame with the pages, which the browser prints by itself, apart from the screen. */
async function fillFrame(pages: readonly PrintedPage[]): Promise<Window | undefined> {
  document.querySelector(`iframe[name="${frameName}"]`)?.remove();
  const frame = document.createElement('iframe');
  frame.name = frameName;
  frame.title = i18next.t('output.printTitle');
  frame.dataset.testid = 'print-frame';
  frame.style.cssText = 'position: fixed; width: 0; height: 0; border: 0; visibility: hidden;';
  document.body.append(frame);
  const page = frame.contentDocument;
  if (!page || !frame.contentWindow) return undefined;
  page.documentElement.lang = i18next.language;
  // The title is what a file of the print is called: it names nobody.
  page.title = i18next.t('output.printTitle');
  const sheet = page.createElement('style');
  sheet.textContent = style;
  page.head.append(sheet);
  page.body.append(...(await Promise.all(pages.map((entry) => sectionOf(page, entry)))));
  // Nothing of the patient stays behind in the page.
  frame.contentWindow.addEventListener('afterprint', () => frame.remove(), { once: true });
  return frame.contentWindow;
}

/** Prints what is on the screen; every page says who and what it is. */
export async function printScreen(scope: PrintScope): Promise<void> {
  const pages = pagesOf(scope);
  if (pages.length === 0) {
    tell('nothingShown');
    return;
  }
  const printed = await fillFrame(pages);
  printed?.print();
  // The keys stay with the images.
  window.focus();
}
