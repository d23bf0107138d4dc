import type { ReactNode } from 'react';
import { OwnLayoutList } from '../study-viewer/own-layouts.tsx';

/** The layouts that the reader has made from the screen: renamed and deleted here, made in the layout menu. */
export function LayoutsSection(): ReactNode {
  return <OwnLayoutList />;
}
