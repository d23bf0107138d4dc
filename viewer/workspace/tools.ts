import type { DragAction } from '../viewport/pointer-actions.ts';

/**
 * What the left mouse button can be: names only. Dragging tools are done by `interactions.ts`; the others put something on a
 * surface and belong to the rooms `measuring`, `linking` and `volume`.
 */
export const dragTools = ['window', 'pan', 'zoom', 'scroll'] as const satisfies readonly DragAction[];
type DragTool = (typeof dragTools)[number];

export const measuringTools = [
  'probe',
  'length',
  'bidirectional',
  'angle',
  'cobbAngle',
  'arrow',
  'text',
  'rectangle',
  'ellipse',
  'circle',
  'freehand',
  'spline',
  'livewire',
  'calibrate',
] as const;
export type MeasuringTool = (typeof measuringTools)[number];

export type ToolName = DragTool | MeasuringTool | 'select' | 'magnify' | 'crosshair';

export const isDragTool = (tool: ToolName): tool is DragTool =>
  (dragTools as readonly string[]).includes(tool);
export const isMeasuringTool = (tool: ToolName): tool is MeasuringTool =>
  (measuringTools as readonly string[]).includes(tool);
