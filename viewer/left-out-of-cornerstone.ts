import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

const core = /[\\/]@cornerstonejs[\\/]core[\\/]/;
const floatTextures = fileURLToPath(new URL('viewport/float-textures.ts', import.meta.url));

/** Imports below Cornerstone that lead to code which this viewer has better, and what takes their place. */
const replaced: readonly { readonly importer: RegExp; readonly source: RegExp; readonly code: string }[] = [
  {
    // Its metadata package reads DICOM files and splits series by rules, with dcmjs and a compiler of expressions. Metadata
    // comes as JSON here, and our provider answers before theirs: what Cornerstone's core takes of it remains.
    importer: /[\\/]@cornerstonejs[\\/]core[\\/]|[\\/]viewer[\\/]viewport[\\/]/,
    source: /^@cornerstonejs\/metadata$/,
    code: `
      import calibratedPixelSpacingMetadataProvider from '@cornerstonejs/metadata/utilities/calibratedPixelSpacingMetadataProvider';
      import * as spacing from '@cornerstonejs/metadata/utilities/getPixelSpacingInformation';
      import imageIdToURI from '@cornerstonejs/metadata/utilities/imageIdToURI';
      import isVideoTransferSyntax, { videoUIDs } from '@cornerstonejs/metadata/utilities/isVideoTransferSyntax';
      import splitImageIdsBy4DTags, * as split from '@cornerstonejs/metadata/utilities/splitImageIdsBy4DTags';
      export * as Enums from '@cornerstonejs/metadata/enums';
      export * as metaData from '@cornerstonejs/metadata/metaData';
      export * as logging from '@cornerstonejs/metadata/utilities/logging';
      export const utilities = { ...spacing, ...split, calibratedPixelSpacingMetadataProvider, imageIdToURI,
        isVideoTransferSyntax, videoUIDs, splitImageIdsBy4DTags };`,
  },
  {
    // Of dcmjs, what remains names transfer syntaxes, and writes logs; ours are silent (engine.ts).
    importer: /[\\/]@cornerstonejs[\\/]/,
    source: /^dcmjs$/,
    code: `
      const silent = () => {};
      const logger = () => ({ trace: silent, debug: silent, info: silent, log: silent, warn: silent, error: silent,
        setLevel: silent, getLevel: () => 5, getLogger: logger });
      export const log = logger();
      export const constants = {
        IMPLICIT_LITTLE_ENDIAN: '1.2.840.10008.1.2',
        EXPLICIT_LITTLE_ENDIAN: '1.2.840.10008.1.2.1',
        DEFLATED_EXPLICIT_LITTLE_ENDIAN: '1.2.840.10008.1.2.1.99',
        EXPLICIT_BIG_ENDIAN: '1.2.840.10008.1.2.2',
      };`,
  },
  {
    // It tries each kind of texture in a context of its own, a fifth of the time to the first image. Whether there is a
    // context at all is found out by making it (engine.ts).
    importer: core,
    source: /[\\/]renderingCapabilities\.js$/,
    code: `
      export const RENDERING_CAPABILITIES_PROBE_VERSION = 1;
      export const getRenderingCapabilities = () => ({ webgl: true, webgl2: true, maxTextureSize: 0, renderer: '',
        softwareRasterizer: false, norm16: false, norm16Linear: false, float: false, floatLinear: false, halfFloat: false,
        halfFloatLinear: false });
      export const detectRenderingCapabilities = getRenderingCapabilities;
      export const resetRenderingCapabilities = () => {};`,
  },
  {
    // The same for textures of 16 bits, which are needed only where floats won't do.
    importer: /[\\/]@kitware[\\/]vtk\.js[\\/]/,
    source: /^\.[\\/].*[\\/]supportsNorm16Linear\.js$/,
    code: `
      import supportsNorm16Linear from '@kitware/vtk.js/Rendering/OpenGL/Texture/supportsNorm16Linear.js';
      import { areFloatTexturesSmooth } from ${JSON.stringify(floatTextures)};
      export default () => !areFloatTexturesSmooth() && supportsNorm16Linear();`,
  },
];

/** Imports below Cornerstone that lead to code which this viewer never runs: volumes and planes are our own, of files it reads none. */
const leftOut: readonly { readonly importer: RegExp; readonly source: RegExp }[] = [
  // Viewports other than that of stacks.
  {
    importer: core,
    source: /[\\/](Base)?(Volume|Video|WSI|ECG)Viewport(3D)?\.js$/,
  },
  {
    importer: core,
    source: /[\\/]GenericViewport[\\/](Planar|Volume3D|Video|WSI|ECG)[\\/]/,
  },
  { importer: core, source: /[\\/]cpuColormaps\.js$/ },
  // What draws volumes, surfaces and symbols.
  {
    importer: core,
    source:
      /[\\/]vtkStreamingOpenGL(VolumeMapper|ImageResliceMapper)\.js$|[\\/]OpenGL[\\/](VolumeMapper|Volume|ImageResliceMapper|ImageCPRMapper|Glyph3DMapper|SphereMapper|StickMapper|Skybox|PolyDataMapper|PixelSpaceCallbackMapper|Actor2D)\.js$/,
  },
  // Readers of meshes in other formats, with an XML library each; colour maps.
  { importer: core, source: /^@kitware\/vtk\.js\/(IO|Filters)\// },
  { importer: core, source: /[\\/]ColorTransferFunction[\\/]ColorMaps\.js$/ },
  // Axes and scales, and WebGPU: vtk.js draws by WebGL here.
  {
    importer: /[\\/]@kitware[\\/]vtk\.js[\\/]Rendering[\\/]/,
    source: /[\\/]WebGPU[\\/]|[\\/](CubeAxesActor|ScalarBarActor)\.js$/,
  },
];

/** The names that a module exports, from its syntax tree. */
function exportedNames(program: { readonly body: readonly unknown[] }): string[] {
  type Named = { readonly name?: string; readonly value?: string };
  interface Statement {
    readonly type: string;
    readonly declaration?: { readonly id?: Named; readonly declarations?: readonly { readonly id: Named }[] };
    readonly specifiers?: readonly { readonly exported: Named }[];
  }
  return (program.body as readonly Statement[]).flatMap(({ type, declaration, specifiers = [] }) => {
    if (type === 'ExportDefaultDeclaration') return ['default'];
    if (type !== 'ExportNamedDeclaration') return [];
    const declared = declaration?.id
      ? [declaration.id]
      : (declaration?.declarations ?? []).map(({ id }) => id);
    const names = [...declared, ...specifiers.map(({ exported }) => exported)];
    return names.map(({ name, value }) => name ?? value ?? '');
  });
}

/** Stands for everything that a module exports: it can be named, extended and asked about, but not run. */
const standIn = `
  const standIn = (name) => new Proxy(function () {}, {
    get: (target, key) => typeof key === 'symbol' || key === 'prototype' ? Reflect.get(target, key) : standIn(name + '.' + key),
    apply: () => { throw new Error(name + ' is left out of this viewer'); },
    construct: () => { throw new Error(name + ' is left out of this viewer'); },
  });`;

/** Replaces the imports above in the bundle. What would need them after all throws, and says what is missing. */
export function leftOutOfCornerstone(): Plugin {
  const [replacedPrefix, leftOutPrefix] = ['\0replaced:', '\0left-out:'];
  return {
    name: 'left-out-of-cornerstone',
    apply: 'build',
    enforce: 'pre',
    async resolveId(source, importer = '', options) {
      const isMeant = (entry: { readonly importer: RegExp; readonly source: RegExp }) =>
        entry.source.test(source) && entry.importer.test(importer);
      const at = replaced.findIndex(isMeant);
      if (at !== -1) return replacedPrefix + at;
      if (!leftOut.some(isMeant)) return null;
      const found = await this.resolve(source, importer, { ...options, skipSelf: true });
      return found && leftOutPrefix + found.id;
    },
    transform(code, id) {
      if (!/[\\/]vtk\.js[\\/]Rendering[\\/]OpenGL[\\/]RenderWindow\.js$/.test(id)) return null;
      const asked = 'preserveDrawingBuffer: false,';
      if (!code.includes(asked)) this.error(`vtk.js asks for its context in other words than ${asked}`);
      // Each pixel four times over, for smooth edges of surfaces: of images only the frame would have them.
      return code.replace(asked, `${asked} antialias: false,`);
    },
    load(id) {
      if (id.startsWith(replacedPrefix))
        return replaced[Number(id.slice(replacedPrefix.length))]?.code ?? null;
      if (!id.startsWith(leftOutPrefix)) return null;
      const path = id.slice(leftOutPrefix.length);
      const names = exportedNames(this.parse(readFileSync(path, 'utf8')));
      const lines = names.map((name, at) => {
        const value = `const value${at} = standIn(${JSON.stringify(`${basename(path)}: ${name}`)});`;
        return `${value} export { value${at} as ${name} };`;
      });
      return [standIn, ...lines].join('\n');
    },
  };
}
