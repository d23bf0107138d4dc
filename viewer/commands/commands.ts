import { cineCommands } from './cine-commands.ts';
import type { Command, CommandContext } from './command.ts';
import { evidenceCommands } from './evidence-commands.ts';
import { layoutCommands } from './layout-commands.ts';
import { linkCommands } from './link-commands.ts';
import { measuringCommands } from './measuring-commands.ts';
import { navigationCommands } from './navigation-commands.ts';
import { outputCommands } from './output-commands.ts';
import { screenCommands } from './screen-commands.ts';
import { toolCommands } from './tool-commands.ts';
import { viewingCommands } from './viewing-commands.ts';
import { volumeCommands } from './volume-commands.ts';

/**
 * Every action of the study viewer, by name. Toolbar, menus, key maps and the palette refer to these names; their texts are
 * `command.NAME`. Each room that has actions of its own adds its group here.
 */
export const commands = {
  ...toolCommands,
  ...navigationCommands,
  ...viewingCommands,
  ...cineCommands,
  ...measuringCommands,
  ...layoutCommands,
  ...linkCommands,
  ...volumeCommands,
  ...evidenceCommands,
  ...outputCommands,
  ...screenCommands,
};

export type CommandName = keyof typeof commands;

/** The same by group, for lists: settings, palette and help. Texts are `commandGroup.NAME`. Each room adds its line here too. */
export const commandGroups = {
  tools: toolCommands,
  navigation: navigationCommands,
  viewing: viewingCommands,
  cine: cineCommands,
  measuring: measuringCommands,
  layout: layoutCommands,
  link: linkCommands,
  volume: volumeCommands,
  evidence: evidenceCommands,
  output: outputCommands,
  screen: screenCommands,
} as const;

export type CommandGroupName = keyof typeof commandGroups;

export const isCommandName = (name: unknown): name is CommandName =>
  typeof name === 'string' && Object.hasOwn(commands, name);

export function isAvailable(name: CommandName, context: CommandContext): boolean {
  const command: Command = commands[name];
  return command.isAvailable?.(context) ?? true;
}

/** Whether a command is on; undefined for one that just happens. */
export function isPressed(name: CommandName, context: CommandContext): boolean | undefined {
  const command: Command = commands[name];
  return command.isPressed?.(context);
}

/** Runs a command where it makes sense; says whether it did. */
export function runCommand(name: CommandName, context: CommandContext): boolean {
  if (!isAvailable(name, context)) return false;
  commands[name].run(context);
  return true;
}
