import type { ReactNode } from 'react';
import { GeneralSection } from './general-section.tsx';
import { ImagesSection } from './images-section.tsx';
import { KeysSection } from './keys-section.tsx';
import { LayoutsSection } from './layouts-section.tsx';
import { MemorySection } from './memory-section.tsx';
import { MouseSection } from './mouse-section.tsx';
import { TouchSection } from './touch-section.tsx';

/** The parts of the settings, from above to below; their titles are `settings.section.NAME`. Each room adds its own. */
export const settingsSections: readonly { readonly name: string; readonly Section: () => ReactNode }[] = [
  { name: 'general', Section: GeneralSection },
  { name: 'images', Section: ImagesSection },
  { name: 'mouse', Section: MouseSection },
  { name: 'keys', Section: KeysSection },
  { name: 'touch', Section: TouchSection },
  { name: 'layouts', Section: LayoutsSection },
  { name: 'memory', Section: MemorySection },
];
