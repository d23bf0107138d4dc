// Who may import whom: the rooms and the doors between them, as docs/ARCHITECTURE.md describes them.
import swc from '@swc/core';

// dependency-cruiser has swc read .tsx files as if they were .ts, and then stumbles over the first element.
const { parseFileSync } = swc;
swc.parseFileSync = (path, options) => parseFileSync(path, { ...options, tsx: path.endsWith('.tsx') });

/** The other rooms of the server that a room may import; config's types and telemetry are open to every server room. */
const doors = {
  http: [],
  dicomweb: ['http', 'archive', 'dicom', 'auth'],
  api: ['http', 'archive', 'dicom', 'auth', 'audit'],
  jobs: ['archive', 'dicom', 'auth'],
  archive: ['dicom', 'imaging', 'documents', 'audit'],
  auth: ['audit'],
  imaging: ['dicom'],
  documents: ['dicom'],
  audit: [],
  dicom: [],
  demo: ['dicom'],
  config: [],
  telemetry: [],
};
const mayUseStorage = ['archive', 'auth', 'audit'];

const roomRules = Object.entries(doors).map(([room, allowed]) => ({
  name: `server-${room}`,
  severity: 'error',
  comment: `server/${room} may import only: ${allowed.join(', ') || 'nothing of ours'}`,
  from: { path: `^server/${room}/` },
  to: {
    path: mayUseStorage.includes(room) ? '^(server|viewer|test)/' : '^(server|storage|viewer|test)/',
    pathNot: `^server/(${[room, ...allowed, 'telemetry', ...(room === 'dicom' || room === 'demo' ? [] : ['config'])].join('|')})/`,
  },
}));

/** The other rooms of the viewer that a room may import; `screens` and what stands beside the rooms may import all of them. */
const viewerDoors = {
  dicomweb: [],
  texts: [],
  components: ['dicomweb', 'texts'],
  viewport: ['dicomweb'],
  workspace: ['viewport', 'dicomweb'],
  preferences: ['dicomweb', 'components', 'workspace', 'commands', 'viewport'],
  volume: ['viewport', 'workspace', 'dicomweb', 'components', 'preferences'],
  measuring: ['viewport', 'workspace', 'dicomweb', 'components', 'preferences'],
  linking: ['viewport', 'workspace', 'dicomweb', 'components', 'preferences'],
  hanging: ['viewport', 'workspace', 'dicomweb', 'components', 'preferences'],
  evidence: ['measuring', 'viewport', 'workspace', 'dicomweb', 'components', 'preferences'],
  output: ['measuring', 'viewport', 'workspace', 'dicomweb', 'components', 'preferences'],
  commands: [
    'volume',
    'measuring',
    'linking',
    'hanging',
    'evidence',
    'output',
    'viewport',
    'workspace',
    'dicomweb',
  ],
};

const viewerRoomRules = Object.entries(viewerDoors).map(([room, allowed]) => ({
  name: `viewer-${room}`,
  severity: 'error',
  comment: `viewer/${room} may import only: ${allowed.join(', ') || 'nothing of ours'}`,
  from: { path: `^viewer/${room}/` },
  to: { path: '^viewer/', pathNot: `^viewer/(${[room, ...allowed].join('|')})/` },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    ...roomRules,
    ...viewerRoomRules,
    {
      name: 'storage-stands-alone',
      severity: 'error',
      from: { path: '^storage/' },
      to: { path: '^(server|viewer|test)/' },
    },
    {
      name: 'viewer-speaks-http',
      severity: 'error',
      from: { path: '^viewer/' },
      to: { path: '^(server|storage|test)/' },
    },
    {
      name: 'cornerstone-behind-viewport',
      severity: 'error',
      from: { path: '^viewer/', pathNot: '^viewer/viewport/' },
      to: { path: 'node_modules/@cornerstonejs/' },
    },
    {
      name: 'network-behind-dicomweb',
      severity: 'error',
      from: { path: '^viewer/', pathNot: '^viewer/dicomweb/' },
      to: { path: 'node_modules/dicomweb-client/' },
    },
    {
      name: 'not-to-test',
      severity: 'error',
      from: { path: '^(server|storage|viewer)/' },
      to: { path: '^test/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json', '.css'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'module', 'node', 'default', 'types'],
    },
  },
};
