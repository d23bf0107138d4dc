// Writes server/dicom/dictionary-data.ts out of dcmjs's data dictionary: `node scripts/make-dictionary.mjs`.
// The server itself never loads dcmjs. dcmjs's dictionary differs from PS3.6 in a few spellings, put right below.
import { writeFileSync } from 'node:fs';
import { dictionary } from 'dcmjs/dictionary';

const target = new URL('../server/dicom/dictionary-data.ts', import.meta.url);

/** dcmjs's own lower-case codes, as PS3.6 has them: alternatives joined by "/". */
const alternatives = { xs: 'US/SS', ox: 'OB/OW', lt: 'US/OW', up: 'UL', na: undefined };

/** PS3.6 6, where dcmjs disagrees with it or lacks the attribute: tag -> VR, VM, keyword. */
const corrections = {
  '00020026': ['UR', '1', 'SourcePresentationAddress'],
  '00020027': ['UR', '1', 'SendingPresentationAddress'],
  '00020028': ['UR', '1', 'ReceivingPresentationAddress'],
  '00020031': ['OB', '1', 'RTVMetaInformationVersion'],
  '00020032': ['UI', '1', 'RTVCommunicationSOPClassUID'],
  '00020033': ['UI', '1', 'RTVCommunicationSOPInstanceUID'],
  '00020035': ['OB', '1', 'RTVSourceIdentifier'],
  '00020036': ['OB', '1', 'RTVFlowIdentifier'],
  '00020037': ['UL', '1', 'RTVFlowRTPSamplingRate'],
  '00020038': ['FD', '1', 'RTVFlowActualFrameDuration'],
  '00060001': ['SQ', '1', 'CurrentFrameFunctionalGroupsSequence'],
  '00189323': ['CS', '1-n', 'ExposureModulationType'],
  '00221642': ['UL', '1', 'NumberOfBscansPerFrame'],
  '0040A803': ['UL', '1', 'NumberOfTableColumns'],
  '00660040': ['OL', '1', 'LongPrimitivePointIndexList'],
  '00660041': ['OL', '1', 'LongTrianglePointIndexList'],
  '00660042': ['OL', '1', 'LongEdgePointIndexList'],
  '00660043': ['OL', '1', 'LongVertexPointIndexList'],
  '0070150C': ['UL', '1', 'NumberOfVolumetricCurvePoints'],
  '00800010': ['OF', '1', 'UValueData'],
  '00800011': ['OF', '1', 'VValueData'],
  '300A0131': ['FL', '1', 'AverageBeamDosePointSourceToExternalContourDistance'],
};

const notOfPart6 = ['PrivateTag', 'PRIVATE', 'ILLEGAL', 'GENERIC'];

function* entries() {
  for (const [key, entry] of Object.entries(dictionary)) {
    if (!entry?.vr || notOfPart6.includes(entry.version)) continue;
    const tag = tagPattern(key);
    if (!tag) throw new Error(`unexpected key ${key}`);
    if (tag in corrections) continue;
    const vr = entry.vr in alternatives ? alternatives[entry.vr] : entry.vr;
    if (vr === undefined) continue;
    // PS3.6 keywords of retired attributes carry no mark
    // and three of them have none at all, which dcmjs writes as "undefined"
    const keyword = entry.name.replace(/^(RETIRED|ACR_NEMA)_/g, '').replace(/^undefined$/, '');
    yield { tag, vr, vm: entry.vm, keyword };
  }
  for (const [tag, [vr, vm, keyword]] of Object.entries(corrections)) yield { tag, vr, vm, keyword };
}

/** Eight hexadecimal digits; "xx" in place of the two that repeat in groups 50xx, 60xx, 7Fxx and (0020,31xx). */
function tagPattern(key) {
  const plain = /^\(([0-9A-F]{4}),([0-9A-F]{4})\)$/i.exec(key);
  if (plain) return (plain[1] + plain[2]).toUpperCase();
  const groups = /^\(([0-9A-F]{2})00-\1FF,([0-9A-F]{4})\)$/i.exec(key);
  if (groups) return `${groups[1]}xx${groups[2]}`.toUpperCase().replace('XX', 'xx');
  const elements = /^\(([0-9A-F]{4}),([0-9A-F]{2})00-\2FF\)$/i.exec(key);
  return elements ? `${elements[1]}${elements[2]}xx` : undefined;
}

const lines = [...entries()]
  .sort((a, b) => (a.tag < b.tag ? -1 : a.tag > b.tag ? 1 : 0))
  .map(({ tag, vr, vm, keyword }) => `${tag} ${vr} ${vm} ${keyword}`.trimEnd());

const text = `// Made by scripts/make-dictionary.mjs out of dcmjs's data dictionary (PS3.6 6); don't edit.

/** One attribute a line: tag ("xx" for digits that repeat), VR (alternatives joined by "/"), VM, keyword. */
export const dictionaryLines = \`
${lines.join('\n')}
\`;
`;
writeFileSync(target, text);
console.log(`${lines.length} attributes`);
