import { createTheme, type MantineColorsTuple, Menu, Tooltip } from '@mantine/core';

/** From text to page: bluish greys that stay calm beside images in a dark room. */
const dark: MantineColorsTuple = [
  '#e6edf3',
  '#c3ccd6',
  '#a3adb8',
  '#7d8894',
  '#3a434d',
  '#2a3138',
  '#1c2127',
  '#111418',
  '#0c0f12',
  '#08090b',
];

export const theme = createTheme({
  primaryColor: 'blue',
  primaryShade: 8,
  colors: { dark },
  black: '#08090b',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  fontSizes: { xs: '13px', sm: '14px', md: '15px', lg: '17px', xl: '20px' },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    // The placeholder is a stop for the focus that is no item of the menu; the first item takes it instead.
    Menu: Menu.extend({
      defaultProps: {
        withInitialFocusPlaceholder: false,
        // No keys among them: the one that has opened a menu would be one outside of it, and close it.
        clickOutsideEvents: ['mousedown', 'touchstart'],
      },
    }),
    // What opens is there with the key that opened it: the next key is meant for it already.
    Popover: { defaultProps: { transitionProps: { duration: 0 } } },
    // A white box beside an image blinds an eye that has adapted to the dark.
    Tooltip: Tooltip.extend({
      styles: {
        tooltip: {
          backgroundColor: 'var(--panel-raised)',
          border: '1px solid var(--line)',
          color: 'var(--text)',
        },
      },
    }),
  },
});
