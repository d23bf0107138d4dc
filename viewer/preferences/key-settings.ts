import type { Chord } from '../commands/chord.ts';
import { type CommandName, isCommandName } from '../commands/commands.ts';
import {
  changedKeyMap,
  type KeyChanges,
  type KeyMap,
  type KeyMapName,
  keyMaps,
} from '../commands/key-map.ts';
import { getPreference, setPreference, usePreference } from './preference-store.ts';

/** The preference `keys`: which map, what was changed of each, and whether keys without Ctrl or Alt do anything (WCAG 2.1.4). */
export interface KeySettings {
  readonly map: KeyMapName;
  readonly changes: Readonly<Partial<Record<KeyMapName, KeyChanges>>>;
  readonly hasSingleKeys: boolean;
}

const preferenceName = 'keys';
const defaultKeySettings: KeySettings = { map: 'ohif', changes: {}, hasSingleKeys: true };

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isKeyMapName = (name: unknown): name is KeyMapName =>
  typeof name === 'string' && Object.hasOwn(keyMaps, name);

function parseChanges(value: unknown): KeyChanges {
  if (!isObject(value)) return {};
  const usable = Object.entries(value).flatMap(([command, keys]) =>
    isCommandName(command) && Array.isArray(keys)
      ? [[command, keys.filter((key) => typeof key === 'string' && key !== '')] as const]
      : [],
  );
  return Object.fromEntries(usable);
}

/** Takes what it can use: commands that are no longer there are left out. */
export function parseKeySettings(value: unknown): KeySettings | undefined {
  if (!isObject(value)) return undefined;
  const changes = isObject(value.changes) ? value.changes : {};
  return {
    map: isKeyMapName(value.map) ? value.map : defaultKeySettings.map,
    changes: { ohif: parseChanges(changes.ohif), bir: parseChanges(changes.bir) },
    hasSingleKeys: value.hasSingleKeys !== false,
  };
}

const toKeyMap = ({ map, changes, hasSingleKeys }: KeySettings): KeyMap =>
  changedKeyMap(keyMaps[map], changes[map] ?? {}, { hasSingleKeys });

/** Maps are asked for with every key and every tooltip; one is made when the settings change. */
let latest: { readonly settings: KeySettings; readonly keyMap: KeyMap } | undefined;

function keyMapOf(settings: KeySettings): KeyMap {
  if (latest?.settings !== settings) latest = { settings, keyMap: toKeyMap(settings) };
  return latest.keyMap;
}

export const getKeySettings = (): KeySettings =>
  getPreference(preferenceName, parseKeySettings, defaultKeySettings);

export const useKeySettings = (): KeySettings =>
  usePreference(preferenceName, parseKeySettings, defaultKeySettings);

/** The keys in force. */
export const getKeyMap = (): KeyMap => toKeyMap(getKeySettings());

/** The same in a component. */
export const useKeyMap = (): KeyMap => keyMapOf(useKeySettings());

function change(changed: Partial<KeySettings>): void {
  setPreference(preferenceName, { ...getKeySettings(), ...changed });
}

export const chooseKeyMap = (map: KeyMapName): void => change({ map });
export const setHasSingleKeys = (hasSingleKeys: boolean): void => change({ hasSingleKeys });

function changeKeys(edit: (changes: KeyChanges, shipped: KeyMap) => KeyChanges): void {
  const { map, changes } = getKeySettings();
  change({ changes: { ...changes, [map]: edit(changes[map] ?? {}, keyMaps[map]) } });
}

/** The keys of a command, whether or not single keys are off. */
function allKeysOf(command: CommandName, changes: KeyChanges, shipped: KeyMap): Chord[] {
  const keyMap = changedKeyMap(shipped, changes);
  return keyMap.filter((binding) => binding.command === command).map(({ key }) => key);
}

/** Gives a key to a command, beside those it has; whatever had it loses it. */
export function addKey(command: CommandName, key: Chord): void {
  changeKeys((changes, shipped) => {
    const owners = changedKeyMap(shipped, changes)
      .filter((binding) => binding.key === key && binding.command !== command)
      .map((binding) => binding.command);
    const losses = owners.map(
      (owner) => [owner, allKeysOf(owner, changes, shipped).filter((other) => other !== key)] as const,
    );
    const keys = allKeysOf(command, changes, shipped).filter((other) => other !== key);
    return { ...changes, ...Object.fromEntries(losses), [command]: [...keys, key] };
  });
}

/** Takes a key from a command. */
export function removeKey(command: CommandName, key: Chord): void {
  changeKeys((changes, shipped) => ({
    ...changes,
    [command]: allKeysOf(command, changes, shipped).filter((other) => other !== key),
  }));
}

/** A command has the keys again that its map ships with; other commands that were given one of them lose it. */
export function resetKeys(command: CommandName): void {
  changeKeys((changes, shipped) => {
    const back = shipped.filter((binding) => binding.command === command).map(({ key }) => key);
    const others = Object.entries(changes).filter(([other]) => other !== command);
    return Object.fromEntries(
      others.map(([other, keys]) => [other, keys.filter((key) => !back.includes(key))]),
    );
  });
}

/** The map as it ships. */
export const resetAllKeys = (): void => changeKeys(() => ({}));
