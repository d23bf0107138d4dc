import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Attributes, makeInstance, testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { firstOf, search, storeAll } from './requests.ts';

let server: TestServer;
const study = testUid();
const series = testUid();
const instance = testUid();

/** PS3.18 Table 10.6.1-5 and what we match beside it: how to ask for the one instance, and how in vain. */
const KEYS: [keyword: string, tag: string, right: string[], wrong: string[]][] = [
  ['StudyDate', '00080020', ['20240131', '20240101-20240131', '20240131-', '-20240131'], ['20240130']],
  ['StudyTime', '00080030', ['091500', '0915', '09-10', '0900-0915', '-0915'], ['0916-']],
  ['AccessionNumber', '00080050', ['ACC1', 'ACC*', '*C1', 'A?C1'], ['acc1', 'ACC%', 'A_C1', 'ACC']],
  ['ModalitiesInStudy', '00080061', ['MG', 'M*', 'CT\\MG', '?G'], ['M', 'mg']],
  ['SOPClassesInStudy', '00080062', ['1.2.840.10008.5.1.4.1.1.1.2'], ['1.2.840.10008.5.1.4.1.1.1.2.1']],
  ['ReferringPhysicianName', '00080090', ['House^Gregory', 'house*', '*^greg*'], ['House', 'House^_regory']],
  ['StudyDescription', '00081030', ['Mammo 100%', 'mammo*', '*100%'], ['Mammo', '%']],
  ['PatientName', '00100010', ['Doe^Jane', 'DOE^JANE', 'doe^*', 'd?e^jane'], ['Doe', 'D%']],
  ['PatientID', '00100020', ['PID_1', 'PID*', 'P*1'], ['pid_1', 'PIDx1', 'P_D_1']],
  ['IssuerOfPatientID', '00100021', ['HOSP', 'H*'], ['hosp']],
  ['PatientBirthDate', '00100030', ['19700229'.replace('0229', '0228'), '19700101-19701231'], ['19700301-']],
  ['PatientSex', '00100040', ['F'], ['M', 'f']],
  [
    'StudyInstanceUID',
    '0020000D',
    [study, `1.2.3,${study}`, `${study}\\1.2`],
    [`${study}.1`, study.slice(0, -1)],
  ],
  ['StudyID', '00200010', ['S-1', 'S*'], ['S']],
  ['Modality', '00080060', ['MG', 'M?'], ['M', 'CT']],
  ['SeriesInstanceUID', '0020000E', [series, `1.2.3,${series}`], [study]],
  ['SeriesNumber', '00200011', ['7', '07', ' 7', '7\\8'], ['70']],
  ['SeriesDescription', '0008103E', ['left CC', 'LEFT*'], ['left']],
  ['BodyPartExamined', '00180015', ['BREAST', 'B*'], ['breast']],
  ['Laterality', '00200060', ['L'], ['R']],
  ['InstitutionName', '00080080', ['Charité', 'charite', 'CHAR*'], ['Char']],
  ['StationName', '00081010', ['MG1', 'MG?'], ['mg1']],
  ['ProtocolName', '00181030', ['screening', 'SCREEN*'], ['screen']],
  ['PerformingPhysicianName', '00081050', ['Wilson^James', 'wilson*'], ['Wilson']],
  ['SeriesDate', '00080021', ['20240201', '20240131-20240202'], ['20240131']],
  ['SeriesTime', '00080031', ['10', '0930-1030'], ['11']],
  ['PerformedProcedureStepStartDate', '00400244', ['20240202', '-20240202'], ['20240203-']],
  ['PerformedProcedureStepStartTime', '00400245', ['1200', '12-13'], ['1201-']],
  [
    'RequestAttributesSequence.ScheduledProcedureStepID',
    '00400275.00400009',
    ['SPS%1', 'SPS*'],
    ['SPSx1', 'SPS'],
  ],
  ['RequestAttributesSequence.RequestedProcedureID', '00400275.00401001', ['RP1', 'R?1'], ['RP']],
  ['OtherPatientIDsSequence.PatientID', '00101002.00100020', ['O1', 'O*'], ['o1']],
  ['SOPInstanceUID', '00080018', [instance, `${instance},1.2`], [series]],
  ['SOPClassUID', '00080016', ['1.2.840.10008.5.1.4.1.1.1.2'], ['1.2.840.10008.5.1.4.1.1.1']],
  ['InstanceNumber', '00200013', ['3', '+3'], ['30']],
  ['ContentDate', '00080023', ['20240203', '20240201-'], ['20240204']],
  ['ContentTime', '00080033', ['130000.5', '1300'], ['130001']],
];

const attributes: Attributes = {
  SpecificCharacterSet: 'ISO_IR 192',
  StudyInstanceUID: study,
  SeriesInstanceUID: series,
  SOPInstanceUID: instance,
  SOPClassUID: '1.2.840.10008.5.1.4.1.1.1.2',
  StudyDate: '20240131',
  StudyTime: '091500',
  AccessionNumber: 'ACC1',
  ReferringPhysicianName: 'House^Gregory',
  StudyDescription: 'Mammo 100%',
  PatientName: 'Doe^Jane',
  PatientID: 'PID_1',
  IssuerOfPatientID: 'HOSP',
  PatientBirthDate: '19700228',
  PatientSex: 'F',
  StudyID: 'S-1',
  Modality: 'MG',
  SeriesNumber: 7,
  SeriesDescription: 'left CC',
  BodyPartExamined: 'BREAST',
  Laterality: 'L',
  InstitutionName: 'Charité',
  StationName: 'MG1',
  ProtocolName: 'screening',
  PerformingPhysicianName: 'Wilson^James',
  SeriesDate: '20240201',
  SeriesTime: '1000',
  PerformedProcedureStepStartDate: '20240202',
  PerformedProcedureStepStartTime: '120000',
  RequestAttributesSequence: [{ ScheduledProcedureStepID: 'SPS%1', RequestedProcedureID: 'RP1' }],
  OtherPatientIDsSequence: [{ PatientID: 'O1' }],
  InstanceNumber: 3,
  ContentDate: '20240203',
  ContentTime: '130000.5',
};

beforeAll(async () => {
  server = await startServer();
  const decoys = Array.from({ length: 3 }, (_, i) =>
    makeInstance({
      attributes: {
        PatientID: `X${i}`,
        StudyDate: '',
        StudyTime: '',
        PatientName: 'Xx^Yy',
        SeriesNumber: 900,
        InstanceNumber: 900,
      },
    }),
  );
  await storeAll(server, [makeInstance({ attributes }), ...decoys]);
});
afterAll(() => server?.stop());

const RESOURCES: [path: string, key: string, uid: string][] = [
  ['/studies', '0020000D', study],
  ['/series', '0020000E', series],
  ['/instances', '00080018', instance],
  [`/studies/${study}/series`, '0020000E', series],
  [`/studies/${study}/instances`, '00080018', instance],
  [`/studies/${study}/series/${series}/instances`, '00080018', instance],
];

describe.each(RESOURCES)('matching of %s (PS3.18 10.6.1.2.3)', (path, key, uid) => {
  it.each(KEYS)('by %s, which is %s', async (keyword, tag, right, wrong) => {
    const find = async (name: string, value: string) => {
      const rows = await search(server, `${path}?${new URLSearchParams({ [name]: value })}`);
      return rows.map((row) => firstOf(row, key));
    };
    // Each way of asking at each level; that the URI narrows the search down is shown by one of each.
    const ways = path.startsWith('/studies/') ? 1 : right.length + wrong.length;
    for (const value of right.slice(0, ways)) expect(await find(keyword, value), value).toEqual([uid]);
    for (const value of wrong.slice(0, ways)) expect(await find(keyword, value), value).toEqual([]);
    expect(await find(tag, right[0] ?? '')).toEqual([uid]);
    expect(await find(tag.toLowerCase(), wrong[0] ?? '')).toEqual([]);
    // Universal matching: by nothing, and by an asterisk (C.2.2.2.3, C.2.2.2.4).
    expect(await find(keyword, '')).toContain(uid);
    expect(await find(keyword, '*')).toContain(uid);
  });
});
