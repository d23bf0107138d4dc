import type { ReactNode } from 'react';
import { EvidenceNotice } from '../../evidence/evidence-notice.tsx';
import { KeyImagePanel } from '../../evidence/key-image-panel.tsx';
import { offerSavingOnLeave } from '../../evidence/save-on-leave.ts';
import { LinkingKeeper } from '../../linking/linking-keeper.tsx';
import { MeasurementList } from '../../measuring/measurement-list.tsx';
import { MeasuringDialogs } from '../../measuring/measuring-dialogs.tsx';
import { OutputDialog, OutputMessages } from '../../output/output-dialog.tsx';
import { TagBrowser } from '../../output/tag-browser.tsx';
import { MprRefusalDialog } from '../../volume/mpr-refusal.tsx';
import { CommandPalette } from './command-palette.tsx';
import { HelpSheet } from './help-sheet.tsx';
import { SettingsDialog } from './settings-dialog.tsx';
import { ViewportMenu } from './viewport-menu.tsx';

offerSavingOnLeave();

/**
 * Sheets and dialogs of the viewer. Each is always rendered and shows itself when `workspace.panel` has its name, or when its
 * own store says so; each room brings its own.
 */
const dialogs: readonly { readonly name: string; readonly Dialog: () => ReactNode }[] = [
  { name: 'linking', Dialog: LinkingKeeper },
  { name: 'help', Dialog: HelpSheet },
  { name: 'palette', Dialog: CommandPalette },
  { name: 'settings', Dialog: SettingsDialog },
  { name: 'evidence', Dialog: EvidenceNotice },
  { name: 'output', Dialog: OutputDialog },
  { name: 'outputMessages', Dialog: OutputMessages },
  { name: 'tagBrowser', Dialog: TagBrowser },
  { name: 'viewportMenu', Dialog: ViewportMenu },
  { name: 'mprRefusal', Dialog: MprRefusalDialog },
  { name: 'measuring', Dialog: MeasuringDialogs },
];

/** What may stand at the right of the images, such as the list of measurements; each shows itself as dialogs do. */
const sidePanels: readonly { readonly name: string; readonly Panel: () => ReactNode }[] = [
  { name: 'measurements', Panel: MeasurementList },
  { name: 'keyImages', Panel: KeyImagePanel },
];

export function Dialogs(): ReactNode {
  return dialogs.map(({ name, Dialog }) => <Dialog key={name} />);
}

export function SidePanels(): ReactNode {
  return sidePanels.map(({ name, Panel }) => <Panel key={name} />);
}
