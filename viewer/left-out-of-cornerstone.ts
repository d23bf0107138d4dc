import type { Plugin } from 'vite';

/** Imports below Cornerstone that lead to code which this viewer never runs, and what takes their place. */
const leftOut: readonly { readonly importer: RegExp; readonly source: RegExp; readonly code: string }[] = [
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
    // Readers of meshes in other formats, with an XML library each.
    importer: /[\\/]@cornerstonejs[\\/]core[\\/]/,
    source: /^@kitware\/vtk\.js\/IO\//,
    code: `export default { newInstance() { throw new Error('Mesh files are not read here'); } };`,
  },
  // vtk.js draws by WebGL here.
  {
    importer: /[\\/]@kitware[\\/]vtk\.js[\\/]Rendering[\\/]/,
    source: /^\.\.\/WebGPU\//,
    code: 'export default {};',
  },
];

/** Replaces the imports above in the bundle. What would need them after all throws, and says what is missing. */
export function leftOutOfCornerstone(): Plugin {
  const prefix = '\0left-out:';
  return {
    name: 'left-out-of-cornerstone',
    apply: 'build',
    enforce: 'pre',
    resolveId(source, importer = '') {
      const at = leftOut.findIndex((entry) => entry.source.test(source) && entry.importer.test(importer));
      return at === -1 ? null : `${prefix}${at}`;
    },
    load(id) {
      return id.startsWith(prefix) ? (leftOut[Number(id.slice(prefix.length))]?.code ?? null) : null;
    },
  };
}
