import type { ReactNode } from 'react';
import { EvidenceLayer } from '../../evidence/evidence-layer.tsx';
import { BreastLayer } from '../../hanging/breast-layer.tsx';
import { StudyBadge } from '../../hanging/study-badge.tsx';
import { CrosshairLayer } from '../../linking/crosshair-layer.tsx';
import { LinkBadge } from '../../linking/link-badge.tsx';
import { ReferenceLineLayer } from '../../linking/reference-line-layer.tsx';
import { MeasurementLayer } from '../../measuring/measurement-layer.tsx';
import { MprLayer } from '../../volume/mpr-layer.tsx';
import { CineBar } from './cine-bar.tsx';
import type { LayerProps } from './layer-props.ts';

/**
 * What is drawn over every viewport that shows something, from below to above: lines, measurements, badges. Each room brings
 * its own; a layer lets the pointer through (`pointer-events: none`) except where it has something to take hold of.
 */
const layers: readonly { readonly name: string; readonly Layer: (props: LayerProps) => ReactNode }[] = [
  { name: 'cine', Layer: CineBar },
  { name: 'breast', Layer: BreastLayer },
  { name: 'referenceLines', Layer: ReferenceLineLayer },
  { name: 'measurements', Layer: MeasurementLayer },
  { name: 'evidence', Layer: EvidenceLayer },
  { name: 'mpr', Layer: MprLayer },
  { name: 'crosshair', Layer: CrosshairLayer },
  { name: 'link', Layer: LinkBadge },
  { name: 'study', Layer: StudyBadge },
];

export function ViewportLayers(props: LayerProps): ReactNode {
  return layers.map(({ name, Layer }) => <Layer key={name} {...props} />);
}
