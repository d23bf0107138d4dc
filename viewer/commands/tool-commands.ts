import type { ToolName } from '../workspace/tools.ts';
import { setTool, useWorkspace } from '../workspace/workspace-store.ts';
import type { Command } from './command.ts';

/** A command that makes a tool the one of the left mouse button. */
export function toolCommand(tool: ToolName): Required<Omit<Command, 'isAvailable'>> {
  return { run: () => setTool(tool), isPressed: () => useWorkspace.getState().tool === tool };
}

/** The tools that move the picture or the grey levels. */
export const toolCommands = {
  toolWindow: toolCommand('window'),
  toolPan: toolCommand('pan'),
  toolZoom: toolCommand('zoom'),
  toolScroll: toolCommand('scroll'),
} satisfies Record<string, Command>;
