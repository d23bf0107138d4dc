import { slabOf } from '../volume/mpr-state.ts';
import { isMprShown, mayAskForMpr, showPlane, toggleMpr } from '../volume/open-mpr.ts';
import { isPlaneController } from '../volume/plane-controller.ts';
import type { SlabMode } from '../volume/reslice.ts';
import type { PlaneName } from '../workspace/tile-content.ts';
import { useWorkspace } from '../workspace/workspace-store.ts';
import type { Command, CommandContext } from './command.ts';

/** mm, in the order of the keys. */
export const slabSteps = [0, 5, 10, 20, 50] as const;
/** What a slab begins with when only its mode was chosen. */
const firstThickness = 10;

const planeOf = ({ controller }: CommandContext) =>
  isPlaneController(controller) ? controller.getPlane() : undefined;
const hasPlane = (context: CommandContext) => planeOf(context) !== undefined;

function plane(name: PlaneName): Command {
  return {
    run: ({ controller }) => showPlane(name, controller),
    isAvailable: mayAskForMpr,
    isPressed: () => {
      const { contents, activeTile } = useWorkspace.getState();
      const content = contents[activeTile];
      return content?.kind === 'plane' && content.plane === name;
    },
  };
}

function stepSlab(step: 1 | -1): Command {
  return {
    isAvailable: hasPlane,
    run: (context) => {
      const { controller } = context;
      const slab = planeOf(context)?.slab;
      if (!slab || !isPlaneController(controller)) return;
      const ordered = step > 0 ? slabSteps : [...slabSteps].reverse();
      const next = ordered.find((thickness) => (thickness - slab.thickness) * step > 0);
      if (next !== undefined) controller.setSlab(slabOf(slab.mode, next));
    },
  };
}

function slabMode(mode: SlabMode): Command {
  return {
    isAvailable: hasPlane,
    isPressed: (context) => {
      const slab = planeOf(context)?.slab;
      return slab !== undefined && slab.thickness > 0 && slab.mode === mode;
    },
    run: (context) => {
      const slab = planeOf(context)?.slab;
      if (!slab || !isPlaneController(context.controller)) return;
      context.controller.setSlab(slabOf(mode, slab.thickness || firstThickness));
    },
  };
}

/** Planes through volumes (MPR), and slabs of them. */
export const volumeCommands = {
  mpr: {
    run: ({ controller }) => toggleMpr('quarters', controller),
    isAvailable: () => isMprShown() || mayAskForMpr(),
    isPressed: isMprShown,
  },
  mprRow: {
    run: ({ controller }) => toggleMpr('row', controller),
    isAvailable: () => isMprShown() || mayAskForMpr(),
    isPressed: isMprShown,
  },
  showAxial: plane('axial'),
  showCoronal: plane('coronal'),
  showSagittal: plane('sagittal'),
  showAcquired: plane('acquired'),
  resetPlanes: {
    isAvailable: hasPlane,
    run: ({ controller }) => {
      if (isPlaneController(controller)) controller.resetPlanes();
    },
  },
  thickerSlab: stepSlab(1),
  thinnerSlab: stepSlab(-1),
  slabMaximum: slabMode('maximum'),
  slabMinimum: slabMode('minimum'),
  slabMean: slabMode('mean'),
} satisfies Record<string, Command>;
