import { Button, NumberInput, Popover, SegmentedControl } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../components/icons.tsx';
import { OwnFocus } from '../components/own-focus.tsx';
import type { ViewportState } from '../viewport/viewport-controller.ts';
import type { PlaneName } from '../workspace/tile-content.ts';
import { showContent } from '../workspace/workspace-store.ts';
import { findingText } from './finding-text.ts';
import { describeGeometry } from './geometry.ts';
import { largestSlab, slabOf } from './mpr-state.ts';
import type { PlaneController, PlaneView } from './plane-controller.ts';
import { type SlabMode, slabModes } from './reslice.ts';

const offeredThicknesses = ['0', '5', '10', '20', '50'] as const;
const planeNames: readonly PlaneName[] = ['axial', 'coronal', 'sagittal', 'acquired'];

interface ChipProps {
  readonly tile: number;
  readonly controller: PlaneController;
  readonly plane: PlaneView;
}

function SlabForm({ controller, plane }: ChipProps): ReactNode {
  const { t } = useTranslation();
  const { slab } = plane;
  const setThickness = (thickness: number) => controller.setSlab(slabOf(slab.mode, thickness));
  return (
    <>
      <SegmentedControl
        aria-label={t('volume.slab')}
        data={slabModes.map((mode) => ({ value: mode, label: t(`volume.modeName.${mode}`) }))}
        value={slab.mode}
        onChange={(mode) => controller.setSlab(slabOf(mode as SlabMode, slab.thickness || 10))}
        data-testid="slab-mode"
        fullWidth
      />
      <SegmentedControl
        aria-label={t('volume.slabThickness')}
        data={offeredThicknesses.map((value) => ({
          value,
          label: value === '0' ? t('volume.noSlab') : t('volume.slabMillimetres', { thickness: value }),
        }))}
        value={String(slab.thickness)}
        onChange={(value) => setThickness(Number(value))}
        data-testid="slab-thickness"
        fullWidth
      />
      <NumberInput
        label={t('volume.slabThickness')}
        min={0}
        max={largestSlab}
        value={slab.thickness}
        onChange={(value) => setThickness(Number(value))}
        data-testid="slab-millimetres"
      />
    </>
  );
}

/** Which plane a viewport shows, and, on demand, what else it could show. */
function PlaneMenu(props: ChipProps): ReactNode {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const { tile, controller, plane } = props;
  const { name, slab, isOblique } = plane;
  const shown = isOblique
    ? `${t(`volume.plane.${name}`)} · ${t('volume.plane.oblique')}`
    : t(`volume.plane.${name}`);
  const thickness = Number(slab.thickness.toFixed(1));
  return (
    <Popover opened={isOpen} onChange={setOpen} withinPortal trapFocus width={440}>
      <Popover.Target>
        <button
          type="button"
          className={`plane-chip plane-${name}`}
          title={t('volume.slabMenu', { plane: shown })}
          aria-haspopup="dialog"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
          onDoubleClick={(event) => event.stopPropagation()}
          data-testid={`plane-chip-${tile}`}
          data-plane={name}
          data-slab={slab.thickness}
          data-slab-mode={slab.mode}
          data-point={plane.mpr.point.join(' ')}
        >
          <span className="plane-letter">{t(`volume.letter.${name}`)}</span> {shown}
          {thickness > 0 ? (
            <strong> {t('volume.slabOf', { mode: t(`volume.mode.${slab.mode}`), thickness })}</strong>
          ) : null}
          <Icon name="nextSeries" size={14} />
        </button>
      </Popover.Target>
      <Popover.Dropdown className="plane-menu" aria-label={t('volume.slabMenu', { plane: shown })}>
        <OwnFocus />
        <SegmentedControl
          aria-label={t('volume.reformatted')}
          data={planeNames.map((value) => ({ value, label: t(`volume.plane.${value}`) }))}
          value={name}
          onChange={(value) =>
            showContent({ kind: 'plane', displaySetId: plane.displaySetId, plane: value as PlaneName }, tile)
          }
          fullWidth
        />
        <SlabForm {...props} />
        <Button variant="default" onClick={() => controller.resetPlanes()} data-testid="reset-planes">
          {t('volume.resetPlanes')}
        </Button>
      </Popover.Dropdown>
    </Popover>
  );
}

/** What must be known of the volume: what was corrected, what is missing, what is not there yet. */
function Notices({ plane, state }: { plane: PlaneView; state: ViewportState }): ReactNode {
  const { t } = useTranslation();
  const { loadedCount, sliceCount, failedCount } = plane;
  const findings = state.stack ? describeGeometry(state.stack.images).findings : [];
  const isFilling = state.fidelity === 'partial';
  return (
    <div className="plane-notices" role="status">
      {findings.map((finding) => (
        <div key={finding.name} data-testid={`notice-${finding.name}`}>
          {findingText(t, finding)}
        </div>
      ))}
      {isFilling ? (
        <div data-testid="notice-filling">
          {t('volume.filling', { loaded: loadedCount, count: sliceCount })}
        </div>
      ) : null}
      {failedCount > 0 && !isFilling ? (
        <div className="lossy" data-testid="notice-failed">
          {t('volume.slicesFailed', { count: failedCount })}
        </div>
      ) : null}
    </div>
  );
}

export function PlaneChip(props: ChipProps & { state: ViewportState }): ReactNode {
  return (
    <div className="plane-head">
      <PlaneMenu {...props} />
      <Notices plane={props.plane} state={props.state} />
    </div>
  );
}
