import type { ReactNode } from 'react';

/** Line icons on a 24 x 24 grid, drawn for this viewer. */
const paths = {
  window: 'M12 3a9 9 0 1 0 0 18zM12 3a9 9 0 0 1 0 18',
  pan: 'M12 3v18M3 12h18M12 3l-3 3M12 3l3 3M12 21l-3-3M12 21l3-3M3 12l3-3M3 12l3 3M21 12l-3-3M21 12l-3 3',
  zoom: 'M10.5 4a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13M15.3 15.3L21 21M7.5 10.5h6M10.5 7.5v6',
  scroll: 'M4 6h16M4 12h16M4 18h16M12 2v2M12 20v2',
  invert: 'M4 4h16v16H4zM4 20L20 4',
  rotateRight: 'M19 12a7 7 0 1 1-3-5.7M16 2v5h5',
  rotateLeft: 'M5 12a7 7 0 1 0 3-5.7M8 2v5H3',
  flipHorizontal: 'M12 3v18M9 7L3 17h6zM15 7l6 10h-6z',
  flipVertical: 'M3 12h18M7 9L17 3v6zM7 15l10 6v-6z',
  reset: 'M4 5v5h5M4.6 10a8 8 0 1 1-.4 4.5',
  fit: 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5',
  play: 'M8 5l11 7l-11 7z',
  pause: 'M8 5v14M16 5v14',
  help: 'M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M9.5 9.5a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.1.9-1.1 1.8M12 16.6v.2',
  text: 'M5 6V5h14v1M12 5v14M9 19h6',
  back: 'M15 5l-7 7l7 7',
  upload: 'M12 16V4M7 9l5-5l5 5M4 16v4h16v-4',
  folder: 'M3 6h6l2 2h10v11H3z',
  signOut: 'M14 4H5v16h9M10 12h11M17 8l4 4l-4 4',
  search: 'M10.5 4a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13M15.3 15.3L21 21',
  layout: 'M4 4h16v16H4zM12 4v16',
  previousSeries: 'M18 15l-6-6l-6 6',
  nextSeries: 'M6 9l6 6l6-6',
  warning: 'M12 4L2.5 20h19zM12 10v5M12 17.4v.2',
  document: 'M6 3h9l4 4v14H6zM9 11h7M9 15h7',
} as const;

export type IconName = keyof typeof paths;

export function Icon(props: { name: IconName; size?: number }): ReactNode {
  const { name, size = 20 } = props;
  return (
    <svg
      viewBox="0 0 24 24"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      strokeWidth={1.8}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={paths[name]} />
    </svg>
  );
}
